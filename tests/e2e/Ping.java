// SPDX-License-Identifier: Apache-2.0
// Asks a URL with a client's certificate, and prints the status, the version of TLS and the body:
//   java Ping.java URL TRUSTED.p12 OWN.p12 PASSWORD VERSION

import java.io.FileInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

public class Ping {
  public static void main(String[] arguments) throws Exception {
    char[] password = arguments[3].toCharArray();
    var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(store(arguments[1], password));
    var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(store(arguments[2], password), password);
    var context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    var client = HttpClient.newBuilder()
        .sslContext(context)
        .sslParameters(new SSLParameters(null, new String[] {arguments[4]}))
        .build(); // offers HTTP/2 and takes HTTP/1.1
    var request = HttpRequest.newBuilder(URI.create(arguments[0])).build();
    var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    var version = answer.sslSession().get().getProtocol();
    System.out.println(answer.statusCode() + " " + version + " " + answer.body());
  }

  private static KeyStore store(String path, char[] password) throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    try (var file = new FileInputStream(path)) {
      store.load(file, password);
    }
    return store;
  }
}
