import Foundation
import Server

extension Settings {
    /// Sets what `server.*` says about connections: their number, their times, and TLS.
    ///
    /// - Throws: ``ServerError/invalidSetting(name:value:allowed:)`` for a certificate without a key, or a key without
    ///   a certificate.
    func setConnections(of serving: inout ServerConfiguration) throws(ServerError) {
        serving.headerTimeout = .seconds(self[\.server.headerTimeout])
        serving.http2 = self[\.server.http2]
        serving.writeTimeout = .seconds(self[\.server.writeTimeout])
        serving.maxConnections = self[\.server.maxConnections]
        serving.maxConnectionsPerAddress = self[\.server.maxConnectionsPerAddress]
        switch (self[\.server.tlsCertificate], self[\.server.tlsKey]) {
        case (let certificate?, let key?):
            serving.tls = ServerConfiguration.TLSFiles(
                certificate: (certificate as NSString).expandingTildeInPath,
                key: (key as NSString).expandingTildeInPath)
        case (nil, nil): serving.tls = nil
        case (.some, nil):
            throw .invalidSetting(
                name: "tls_key", value: "empty", allowed: "the file of the key of server.tls_certificate")
        case (nil, .some):
            throw .invalidSetting(
                name: "tls_certificate", value: "empty",
                allowed: "the file of the certificate of server.tls_key")
        }
    }
}
