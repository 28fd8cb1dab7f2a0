import Testing

@testable import Identity

@Suite struct `Addresses that an issuer's documents name` {
    @Test(arguments: [
        ("https://issuer.example/token", "https://issuer.example", true),
        ("https://elsewhere.example/token", "https://issuer.example", true),
        ("http://issuer.example/token", "https://issuer.example", false),
        ("http://127.0.0.1:8080/token", "https://issuer.example", false),
        ("http://127.0.0.1:8080/token", "http://127.0.0.1:8080", true),
        ("http://localhost:1/token", "http://127.0.0.1:8080", true),
        ("http://issuer.example/token", "http://127.0.0.1:8080", false),
        ("ftp://issuer.example/token", "https://issuer.example", false),
        ("token", "https://issuer.example", false),
    ])
    func `are https, or stay on this machine with the issuer`(
        address: String, issuer: String, isAllowed: Bool
    ) {
        #expect(SecureAddress.allows(address, namedBy: issuer) == isAllowed)
    }
}
