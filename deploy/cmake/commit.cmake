# SPDX-License-Identifier: Apache-2.0
# Writes HEADER, which names the commit that SOURCE is at, unless HEADER says so already. COMMIT names it where there is
# no git, as in the image's build.
#
#   cmake -DSOURCE=DIRECTORY -DHEADER=FILE [-DCOMMIT=TEXT] -P commit.cmake
if(NOT COMMIT)
  set(COMMIT unknown)
  # A source archive inside of another repository must not be given that one's commit.
  if(EXISTS ${SOURCE}/.git)
    execute_process(COMMAND git -C ${SOURCE} rev-parse HEAD
      OUTPUT_VARIABLE commit ERROR_QUIET RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE)
    execute_process(COMMAND git -C ${SOURCE} status --porcelain --untracked-files=no
      OUTPUT_VARIABLE changes ERROR_QUIET)
    if(NOT failed)
      set(COMMIT ${commit})
    endif()
    if(NOT failed AND NOT changes STREQUAL "")
      string(APPEND COMMIT "+changes")
    endif()
  endif()
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/commit.hpp.in ${HEADER} @ONLY)
