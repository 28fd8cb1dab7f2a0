@_spi(ManagedSearch) import Corpus
import CorpusSQLite
import Foundation
import HTTPTypes
import Identity
import Testing

@testable import Server

@Suite struct `The token that a caller came with` {
    private let clock = SetClock(Date(timeIntervalSince1970: 1_800_000_000))
    private let issuer = SigningIssuer()

    private func callers() -> CallerReader {
        let verifier = TokenVerifier([issuer.issuer], client: issuer, now: { [clock] in clock.now })
        return CallerReader(ServerFixture.open(), identity: ServedIdentity(tokens: verifier))
    }

    private func request(_ headers: HTTPFields) -> APIRequest {
        APIRequest(method: .get, path: "/list", headers: headers, id: "t")
    }

    @Test func `is kept for managed searches, and shows itself nowhere`() async throws {
        let token = try issuer.token(of: "ada", from: clock.now, lifetime: 300)
        let found = try await callers().caller(of: request([.authorization: "Bearer \(token)"]))
        #expect(found.token?.value == token)
        var shown = "\(found)"
        dump(found, to: &shown)
        #expect(!shown.contains(token))
        let door = Door(
            callers: callers(), scopes: try SQLiteCorpus.inMemory(), timeLimit: .seconds(1))
        func admitted(_ headers: HTTPFields) async throws -> ReadScope {
            try await door.admit(RoutedRequest(request: request(headers), parameters: [:]), to: nil).scope
        }
        let scope = try await admitted([.authorization: "Bearer \(token)"])
        #expect(scope.token?.value == token)
        shown = "\(scope)"
        dump(scope, to: &shown)
        #expect(!shown.contains(token))
        #expect(try await admitted([:]).token == nil)
    }

    @Test func `is none of whoever came without one`() async throws {
        #expect(try await callers().caller(of: request([:])).token == nil)
        // Where nothing has to be proved, a stranger's is no offence, and nobody's to pass on.
        let foreign = try await callers().caller(of: request([.authorization: "Bearer sk-1234"]))
        #expect(foreign.token == nil)
    }
}
