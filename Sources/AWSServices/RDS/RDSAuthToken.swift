import Foundation
import Transport

/// What stands for a password where RDS knows its users by IAM (Amazon RDS User Guide, “IAM database authentication”):
/// a request to connect that is signed in its query, without its scheme.
public enum RDSAuthToken {
    /// Seconds for which a connection can be opened with it; the connection itself lasts.
    public static let seconds = 900

    /// - Parameters:
    ///   - host: as the certificate names it; not the name of a proxy in between.
    ///   - user: the database's user, who must have the role `rds_iam`.
    public static func make(
        host: String, port: Int, user: String, region: String, credentials: AWSCredentials, date: Date
    ) throws(TransportError) -> String {
        let address = "https://\(host):\(port)/?Action=connect&DBUser=\(user.percentEncoded())"
        let signed = try SigV4Signer(region: region, service: "rds-db").presign(
            HTTPRequest(method: "GET", url: address), credentials: credentials, date: date,
            expiresSeconds: seconds)
        return String(signed.dropFirst("https://".count))
    }
}
