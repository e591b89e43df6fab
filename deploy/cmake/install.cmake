# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where, and the Debian package that `cpack` makes of it.
#
#   cmake --build --preset release --target tidegate && (cd build/release && cpack)

# The units name /usr/bin/tidegate and /etc/tidegate.
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
  set(CMAKE_INSTALL_PREFIX /usr CACHE PATH "where to install" FORCE)
endif()

install(TARGETS tidegate RUNTIME DESTINATION bin)
install(FILES deploy/systemd/tidegate.service deploy/systemd/tidegate.socket
  deploy/systemd/tidegate-certs.service deploy/systemd/tidegate-certs.timer DESTINATION lib/systemd/system)
install(FILES deploy/systemd/tidegate.sysusers DESTINATION lib/sysusers.d RENAME tidegate.conf)
install(FILES deploy/systemd/tidegate.tmpfiles DESTINATION lib/tmpfiles.d RENAME tidegate.conf)
install(FILES deploy/systemd/tidegate.yaml DESTINATION /etc/tidegate)
install(FILES deploy/package/tidegate.logrotate DESTINATION /etc/logrotate.d RENAME tidegate)
install(FILES deploy/package/copyright CHANGELOG.md DESTINATION share/doc/tidegate)
install(FILES config/README.md DESTINATION share/doc/tidegate RENAME config.md)
install(DIRECTORY deploy/examples DESTINATION share/doc/tidegate)

set(TIDEGATE_MAINTAINER "The tidegate developers <tidegate@example.org>" CACHE STRING "who answers for the package")

# Made by the program itself, so they need Python and a program that runs here.
set(reference ${PROJECT_BINARY_DIR}/reference)
install(CODE "execute_process(COMMAND /usr/bin/python3 ${PROJECT_SOURCE_DIR}/deploy/package/reference.py
  ${PROJECT_BINARY_DIR}/tidegate ${reference} \"${TIDEGATE_MAINTAINER}\" COMMAND_ERROR_IS_FATAL ANY)")
install(FILES ${reference}/tidegate.1.gz DESTINATION share/man/man1)
install(FILES ${reference}/changelog.gz DESTINATION share/doc/tidegate)
install(FILES ${reference}/tidegate DESTINATION share/bash-completion/completions)
install(FILES ${reference}/_tidegate DESTINATION share/zsh/vendor-completions)
install(FILES ${reference}/tidegate.fish DESTINATION share/fish/vendor_completions.d)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT ${TIDEGATE_MAINTAINER})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "filtering proxy for the socket of the Docker Engine")
set(CPACK_PACKAGE_DESCRIPTION "tidegate stands between Docker clients and the engine's socket, and lets
 through only what a policy allows. It checks the bodies of requests, refuses
 with a reason that every client prints, and records each decision.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)  # for the files in /etc
set(CPACK_STRIP_FILES ON)
# Whatever the umask of who builds it.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS ${CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# systemd-sysusers makes the users; /bin/kill reloads.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers, procps")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "logrotate")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "docker.io | docker-ce | moby-engine")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
foreach(file conffiles postinst prerm postrm)
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/deploy/package/${file})
endforeach()
include(CPack)
