import Corpus
import Crypto
import Foundation
import JSONValue
import Synchronization
import JWTKit
import Testing
import Workspace

@testable import Identity

@Suite(.timeLimit(.minutes(1))) struct `A token` {
    private let issuer = IssuerDouble("one")

    @Test func `says who its holder is, and in which groups`() async throws {
        let caller = try await issuer.verifier().verify(try issuer.token(key: "one"))
        #expect(caller.reader == Reader([.user("ada"), .group("engineering"), .group("hr")]))
        #expect(caller.owner == Owner(name: "user:ada"))
        #expect(caller.proof == .token(issuer: IssuerDouble.name))
        #expect(caller.scopes == nil)
    }

    @Test func `is read by the claims that the settings name`() async throws {
        let verifier = issuer.verifier(
            claims: ClaimMapping(
                user: "email", groups: ["cognito:groups", "team"], scopes: "scope", scopePrefix: "millrace/"))
        let token = try issuer.token(
            [
                "email": "ada@example.org", "cognito:groups": ["a b"], "team": "core",
                "scope": "openid millrace/search millrace/admin other/ask",
            ], key: "one")
        let caller = try await verifier.verify(token)
        #expect(caller.reader == Reader([.user("ada@example.org"), .group("a b"), .group("core")]))
        #expect(caller.scopes == ["search", "admin"])
    }

    @Test func `of Cognito names its client in place of an audience`() async throws {
        let verifier = issuer.verifier(audiences: ["client1"])
        let good = try issuer.token(["aud": .null, "client_id": "client1"], key: "one")
        #expect(try await verifier.verify(good).owner.name == "user:ada")
        // An audience that is there is what counts.
        let other = try issuer.token(["aud": "else", "client_id": "client1"], key: "one")
        await #expect(throws: IdentityError.wrongAudience) { try await verifier.verify(other) }
    }

    @Test(
        arguments: [
            (["exp": 1_799_999_939], IdentityError.tokenExpired),
            (["exp": .null], .badClaim(name: "exp")), (["exp": "never"], .badClaim(name: "exp")),
            (["nbf": 1_800_000_061], .tokenNotYetValid), (["iat": 1_800_000_061], .tokenNotYetValid),
            (["nbf": "x"], .badClaim(name: "nbf")),
            (["aud": "another"], .wrongAudience), (["aud": []], .wrongAudience),
            (["aud": 7], .badClaim(name: "aud")),
            (["aud": .null], .wrongAudience),
            (["sub": .null], .badClaim(name: "sub")), (["sub": ""], .badClaim(name: "sub")),
            (["sub": 7], .badClaim(name: "sub")), (["sub": "a\u{0}b"], .badClaim(name: "sub")),
            (["groups": ["a", 7]], .badClaim(name: "groups")),
            (["groups": ["a": "b"]], .badClaim(name: "groups")),
            (["iss": "https://evil.example"], .wrongIssuer), (["iss": .null], .wrongIssuer),
            (["iss": "https://issuer.example/pool/"], .wrongIssuer),
        ] as [([String: JSONValue], IdentityError)])
    func `with a claim that does not hold is refused for it`(
        changes: [String: JSONValue], error: IdentityError
    ) async throws {
        let token = try issuer.token(changes, key: "one")
        await #expect(throws: error) { try await issuer.verifier().verify(token) }
    }

    @Test(
        arguments: [
            (["token_use": "id"], "token_use"), (["typ": "ID"], "typ"), (["at_hash": "x"], "at_hash"),
            (["c_hash": "x"], "c_hash"), (["nonce": "n"], "nonce"), (["typ": "Logout"], "typ"),
            (["events": ["http://schemas.openid.net/event/backchannel-logout": [:]]], "events"),
        ] as [([String: JSONValue], String)])
    func `that says who somebody is opens nothing by itself`(
        claims: [String: JSONValue], name: String
    ) async throws {
        let token = try issuer.token(claims, key: "one")
        await #expect(throws: IdentityError.badClaim(name: name)) {
            _ = try await issuer.verifier().verify(token)
        }
    }

    @Test(
        arguments: [
            ["token_use": "access"], ["typ": "Bearer"], ["nonce": "n", "scope": "openid"], ["at_hash": .null],
        ] as [[String: JSONValue]])
    func `for calling something is good whatever it has beside`(claims: [String: JSONValue]) async throws {
        let token = try issuer.token(claims, key: "one")
        #expect(try await issuer.verifier().verify(token).owner.name == "user:ada")
    }

    @Test(arguments: ["logout+jwt", "secevent+jwt", "application/dpop+jwt", "Logout+JWT"])
    func `of another kind is refused by its type`(type: String) async throws {
        let token = try issuer.token(key: "one", header: ["typ": .string(type)])
        await #expect {
            _ = try await issuer.verifier().verify(token)
        } throws: { error in
            if case IdentityError.malformedToken = error { true } else { false }
        }
    }

    @Test(arguments: ["JWT", "jwt", "at+jwt", "application/at+jwt", nil] as [String?])
    func `of the kind that opens something is good`(type: String?) async throws {
        let token = try issuer.token(key: "one", header: ["typ": type.map { .string($0) } ?? .null])
        #expect(try await issuer.verifier().verify(token).owner.name == "user:ada")
    }

    @Test func `is good a little beyond its end, as clocks differ, and no longer`() async throws {
        let verifier = issuer.verifier()
        let token = try issuer.token(["exp": 1_800_000_100], key: "one")
        _ = try await verifier.verify(token)
        issuer.advance(by: 159)
        _ = try await verifier.verify(token)
        issuer.advance(by: 2)
        await #expect(throws: IdentityError.tokenExpired) { try await verifier.verify(token) }
    }

    @Test func `that was changed anywhere is refused`() async throws {
        let token = try issuer.token(key: "one")
        let verifier = issuer.verifier()
        let parts = token.split(separator: ".").map(String.init)
        let claims = try IssuerDouble.part(.object(issuer.claims(["sub": "root"])))
        await #expect(throws: IdentityError.badSignature) {
            try await verifier.verify([parts[0], claims, parts[2]].joined(separator: "."))
        }
        var signature = try #require(Data(base64URL: parts[2]))
        signature[0] ^= 1
        await #expect(throws: IdentityError.badSignature) {
            try await verifier.verify([parts[0], parts[1], signature.base64URL].joined(separator: "."))
        }
        _ = try await verifier.verify(token)
    }

    @Test func `without a signature, by whatever name, is refused`() async throws {
        let verifier = issuer.verifier()
        let claims = try IssuerDouble.part(.object(issuer.claims()))
        for name in ["none", "None", "NONE", "nOnE", ""] {
            let header = try IssuerDouble.part(["alg": .string(name), "kid": "one"])
            for signature in ["", "AA"] {
                await #expect(throws: IdentityError.self, "\(name) \(signature)") {
                    try await verifier.verify("\(header).\(claims).\(signature)")
                }
            }
        }
    }

    /// The public key is no secret: whoever has it must not be able to sign with it.
    @Test func `signed with the public key as a secret is refused`() async throws {
        let verifier = issuer.verifier(algorithms: ["ES256", "HS256"])
        let key = try #require(issuer.state.withLock { $0.keys["one"] })
        let claims = try IssuerDouble.part(.object(issuer.claims()))
        let header = try IssuerDouble.part(["alg": "HS256", "kid": "one"])
        let secret = SymmetricKey(data: Data(key.publicKey.pemRepresentation.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Data("\(header).\(claims)".utf8), using: secret)
        await #expect(throws: IdentityError.self) {
            try await verifier.verify("\(header).\(claims).\(Data(code).base64URL)")
        }
    }

    @Test(
        arguments: [
            ["kid": "../../etc/passwd"], ["kid": "' OR 1=1 --"], ["kid": 7], ["kid": ["one"]],
            ["alg": "RS256"], ["alg": "ES384"], ["alg": 7], ["alg": .null], ["crit": ["exp"]],
        ] as [[String: JSONValue]])
    func `whose header plays tricks is refused`(header: [String: JSONValue]) async throws {
        let token = try issuer.token(key: "one", header: header)
        let verifier = issuer.verifier(algorithms: ["ES256", "ES384", "RS256"])
        await #expect(throws: IdentityError.self) { try await verifier.verify(token) }
    }

    @Test func `that brings its own key, or says where it is, is checked with the issuer's`() async throws {
        let stranger = IssuerDouble("one")
        let header: [String: JSONValue] = [
            "jku": "https://evil.example/keys", "x5u": "https://evil.example/cert", "jwk": ["kty": "EC"],
        ]
        let token = try stranger.token(key: "one", header: header)
        let verifier = issuer.verifier()
        await #expect(throws: IdentityError.badSignature) { try await verifier.verify(token) }
        #expect(issuer.state.withLock { $0.requests }.allSatisfy { $0.hasPrefix("https://issuer.example/") })
    }

    @Test(arguments: ["", "a.b", "a.b.c", "a.b.c.d", "ey.ey.ey", "....", "eyJhbGciOiJFUzI1NiJ9..x"])
    func `that is none is refused`(text: String) async throws {
        await #expect(throws: IdentityError.self) { try await issuer.verifier().verify(text) }
    }

    @Test func `that is longer than any is refused before it is read`() async throws {
        let long = String(repeating: "a", count: 20_000)
        await #expect(throws: IdentityError.malformedToken(reason: "it has more than 16384 bytes")) {
            try await issuer.verifier().verify("\(long).\(long).\(long)")
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `An issuer's keys` {
    @Test func `are fetched once for many tokens at once`() async throws {
        let issuer = IssuerDouble("one")
        let verifier = issuer.verifier()
        let tokens = try (0..<20).map { try issuer.token(["sub": .string("user\($0)")], key: "one") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for token in tokens { group.addTask { _ = try await verifier.verify(token) } }
            try await group.waitForAll()
        }
        #expect(issuer.requestCount == 2, "its discovery document, and its keys")
    }

    @Test func `at an address of their own are fetched there alone`() async throws {
        let issuer = IssuerDouble("one")
        let verifier = issuer.verifier(keysURL: "https://keys.example/set")
        _ = try await verifier.verify(try issuer.token(key: "one"))
        #expect(issuer.state.withLock { $0.requests } == ["https://keys.example/set"])
    }

    @Test func `are asked for at once when a token names a new one, but not for every invented name`()
        async throws
    {
        let issuer = IssuerDouble("one")
        let verifier = issuer.verifier()
        _ = try await verifier.verify(try issuer.token(key: "one"))
        #expect(issuer.requestCount == 2)
        issuer.state.withLock { $0.keys["two"] = .init() }
        #expect(try await verifier.verify(try issuer.token(key: "two")).owner.name == "user:ada")
        #expect(issuer.requestCount == 4, "at once, though the last fetch was just now")
        for number in 0..<20 {
            let invented = try issuer.token(key: "one", naming: "invented\(number)")
            await #expect(throws: IdentityError.unknownSigningKey) { try await verifier.verify(invented) }
        }
        #expect(issuer.requestCount == 10, "what was left of the burst, and no more")
        // While there is nothing left a new key waits, and those that are known go on.
        issuer.state.withLock { $0.keys["three"] = .init() }
        let third = try issuer.token(key: "three")
        await #expect(throws: IdentityError.unknownSigningKey) { try await verifier.verify(third) }
        _ = try await verifier.verify(try issuer.token(["sub": "bob"], key: "one"))
        #expect(issuer.requestCount == 10)
        issuer.advance(by: 31)
        #expect(try await verifier.verify(third).owner.name == "user:ada")
        #expect(issuer.requestCount == 12)
    }

    @Test func `are found although somebody goes on inventing names`() async throws {
        let issuer = IssuerDouble("one")
        let verifier = issuer.verifier()
        _ = try await verifier.verify(try issuer.token(key: "one"))
        var number = 0
        func flood() async throws {
            for _ in 0..<20 {
                number += 1
                let invented = try issuer.token(key: "one", naming: "invented\(number)")
                await #expect(throws: IdentityError.unknownSigningKey) {
                    try await verifier.verify(invented)
                }
            }
        }
        try await flood()
        issuer.state.withLock { $0.keys["two"] = .init() }
        issuer.advance(by: 31)
        // The flood's own fetch brings the new key.
        try await flood()
        let requests = issuer.requestCount
        _ = try await verifier.verify(try issuer.token(key: "two"))
        #expect(issuer.requestCount == requests)
        for _ in 0..<10 {
            issuer.advance(by: 30)
            try await flood()
        }
        #expect(issuer.requestCount <= requests + 2 * 11, "one fetch in each pause")
    }

    @Test func `are asked for once for a name that is not published, until the pause is over`() async throws {
        let issuer = IssuerDouble("one")
        let verifier = issuer.verifier()
        _ = try await verifier.verify(try issuer.token(key: "one"))
        for expected in [4, 4, 4] {
            let retired = try issuer.token(key: "one", naming: "retired")
            await #expect(throws: IdentityError.unknownSigningKey) { try await verifier.verify(retired) }
            #expect(issuer.requestCount == expected)
        }
        issuer.advance(by: 31)
        let retired = try issuer.token(key: "one", naming: "retired")
        await #expect(throws: IdentityError.unknownSigningKey) { try await verifier.verify(retired) }
        #expect(issuer.requestCount == 6)
    }

    @Test func `are fetched once for the first token, whatever key it names`() async throws {
        let issuer = IssuerDouble("one")
        let token = try issuer.token(key: "one", naming: "other")
        await #expect(throws: IdentityError.unknownSigningKey) { try await issuer.verifier().verify(token) }
        #expect(issuer.requestCount == 2, "nothing newer can be had")
    }

    @Test func `are fetched a few times for many invented names at once`() async throws {
        let issuer = IssuerDouble("one")
        let verifier = issuer.verifier()
        _ = try await verifier.verify(try issuer.token(key: "one"))
        let tokens = try (0..<100).map { try issuer.token(key: "one", naming: "invented\($0)") }
        await withTaskGroup(of: Bool.self) { group in
            for token in tokens { group.addTask { (try? await verifier.verify(token)) == nil } }
            for await isRefused in group { #expect(isRefused) }
        }
        #expect((4...10).contains(issuer.requestCount), "\(issuer.requestCount)")
    }

    @Test func `that cannot be looked for again let no unknown one in, and the known ones go on`()
        async throws
    {
        let issuer = IssuerDouble("one")
        let verifier = issuer.verifier()
        _ = try await verifier.verify(try issuer.token(key: "one"))
        issuer.state.withLock {
            $0.keys["two"] = .init()
            $0.status = 503
        }
        let token = try issuer.token(key: "two")
        for _ in 0..<5 {
            await #expect(throws: IdentityError.unknownSigningKey) { try await verifier.verify(token) }
        }
        #expect(issuer.requestCount == 3, "not again within the pause of a failure")
        _ = try await verifier.verify(try issuer.token(["sub": "bob"], key: "one"))
        issuer.state.withLock { $0.status = 200 }
        issuer.advance(by: 6)
        #expect(try await verifier.verify(token).owner.name == "user:ada")
    }

    @Test func `that were taken back are good no longer once they are fetched anew`() async throws {
        let issuer = IssuerDouble("one", "two")
        let verifier = issuer.verifier()
        _ = try await verifier.verify(try issuer.token(key: "one"))
        let other = try issuer.token(["sub": "bob"], key: "one")
        issuer.state.withLock { $0.keys["one"] = nil }
        issuer.advance(by: 601)
        await #expect(throws: IdentityError.unknownSigningKey) { try await verifier.verify(other) }
    }

    @Test func `serve on while the issuer does not answer, for a day`() async throws {
        let issuer = IssuerDouble("one")
        let verifier = issuer.verifier()
        _ = try await verifier.verify(try issuer.token(key: "one"))
        issuer.state.withLock { $0.status = 503 }
        issuer.advance(by: 3_600)
        _ = try await verifier.verify(try issuer.token(key: "one"))
        issuer.advance(by: 86_400)
        let late = try issuer.token(key: "one")
        await #expect(throws: IdentityError.self) { try await verifier.verify(late) }
        issuer.state.withLock { $0.status = 200 }
        issuer.advance(by: 10)
        _ = try await verifier.verify(late)
    }

    @Test func `that cannot be had are the issuer's fault and not the caller's`() async throws {
        let issuer = IssuerDouble("one")
        issuer.state.withLock { $0.status = 500 }
        let token = try issuer.token(key: "one")
        do {
            _ = try await issuer.verifier().verify(token)
            Issue.record("it was accepted")
        } catch {
            #expect(error.isOurs, "\(error)")
        }
    }

    @Test(
        arguments: [
            ["issuer": "https://evil.example", "jwks_uri": "https://issuer.example/keys"],
            ["issuer": .string(IssuerDouble.name)], [:],
        ] as [JSONValue])
    func `of a discovery document that is not the issuer's are not used`(document: JSONValue) async throws {
        let issuer = IssuerDouble("one")
        issuer.state.withLock { $0.discovery = document }
        let token = try issuer.token(key: "one")
        await #expect(throws: IdentityError.self) { try await issuer.verifier().verify(token) }
    }

    /// Issuers list keys for other things, and of kinds that nobody here knows.
    @Test func `that are for something else are passed over`() async throws {
        let issuer = IssuerDouble("one")
        issuer.state.withLock { state in
            state.others = [
                ["kty": "oct", "k": "c2VjcmV0", "kid": "secret"],
                ["kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "short"],
                ["kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "use": "enc", "kid": "enc"],
                ["kty": "future", "kid": "future"], "text", 7, .null,
            ]
        }
        let verifier = issuer.verifier(algorithms: ["ES256", "RS256", "HS256"])
        _ = try await verifier.verify(try issuer.token(key: "one"))
        for name in ["secret", "short", "enc", "future"] {
            let token = try issuer.token(key: "one", naming: name)
            await #expect(throws: IdentityError.unknownSigningKey) { try await verifier.verify(token) }
        }
    }

    @Test func `without a name fit only where there is a single one`() async throws {
        let issuer = IssuerDouble("one")
        _ = try await issuer.verifier().verify(try issuer.token(key: "one", header: ["kid": .null]))
        issuer.state.withLock { $0.keys["two"] = .init() }
        let token = try issuer.token(key: "one", header: ["kid": .null])
        await #expect(throws: IdentityError.unknownSigningKey) { try await issuer.verifier().verify(token) }
    }
}
