import Foundation
import JSONValue
import Testing
import Workspace

@testable import Identity

@Suite(.timeLimit(.minutes(1))) struct `The claim of a tenant` {
    private let issuer = IssuerDouble("one")

    private func owner(_ changes: [String: JSONValue], claim: String?) async throws -> Owner {
        try await issuer.verifier(claims: ClaimMapping(tenant: claim))
            .verify(try issuer.token(changes, key: "one")).owner
    }

    @Test func `says where its holder belongs, and counts only where it is named`() async throws {
        let acme = try await owner(["org": "acme"], claim: "org")
        #expect(acme == Owner(tenant: "acme", name: "user:ada"))
        #expect(try await owner(["org": "acme"], claim: nil).tenant == Owner.defaultTenant)
    }

    @Test(arguments: [JSONValue.null, "", 7, ["acme"], "a\u{0}b"])
    func `lets nobody in who leaves it out or garbles it`(value: JSONValue) async throws {
        await #expect(throws: IdentityError.badClaim(name: "org")) {
            try await owner(["org": value], claim: "org")
        }
    }
}
