import AWSServices
import Foundation
import Testing
import Transport

@Suite struct `A token for RDS` {
    @Test func `is the one that botocore makes`() throws {
        let keys = AWSCredentials(
            accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            sessionToken: "tok+en/=")
        let time = try Date("2026-01-02T03:04:05Z", strategy: .iso8601)
        let token = try RDSAuthToken.make(
            host: "db.example.eu-central-1.rds.amazonaws.com", port: 5_432, user: "app user",
            region: "eu-central-1", credentials: keys, date: time)
        // From botocore 1.43's generate_db_auth_token at that time.
        let expected = [
            "db.example.eu-central-1.rds.amazonaws.com:5432/?Action=connect&DBUser=app%20user",
            "X-Amz-Algorithm=AWS4-HMAC-SHA256",
            "X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Feu-central-1%2Frds-db%2Faws4_request",
            "X-Amz-Date=20260102T030405Z", "X-Amz-Expires=900", "X-Amz-SignedHeaders=host",
            "X-Amz-Security-Token=tok%2Ben%2F%3D",
            "X-Amz-Signature=7cfc1da085c30104d2c2efc651ffe32a580a531261ec6ff2459c6a6e9e2712fb",
        ].joined(separator: "&")
        #expect(token == expected)
    }
}
