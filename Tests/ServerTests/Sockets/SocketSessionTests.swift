import Corpus
import Foundation
import HTTPTypes
import TestSupport
import Testing
import Workspace
import WorkspaceSQLite

@testable import Identity
@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `A socket of somebody who has signed in` {
    private let signIn: SignIn
    private let application: Application
    private let clock: SetClock
    /// 43 characters, as cookies have.
    private static let cookie = String(repeating: "a", count: 43)

    private static func hour(_ hours: Double) -> Date {
        Date(timeIntervalSince1970: 1_800_000_000 + 3_600 * hours)
    }

    init() async throws {
        var fixture = try await ServerFixture()
        let store = try SQLiteWorkspace.inMemory()
        let clock = SetClock(Self.hour(0))
        signIn = SignIn(
            SignInConfiguration(
                issuer: TokenIssuer(issuer: "https://issuer.example", audiences: ["millrace"]),
                clientID: "millrace", publicURL: "https://millrace.example"),
            sessions: store, client: UnreachableHTTPClient(), seal: { $0 }, unseal: { $0 },
            now: { clock.now })
        // Whoever is not known may nothing, so that a session that is lost is one that closes the socket.
        fixture.configuration = ServerConfiguration(host: "0.0.0.0")
        fixture.identity = ServedIdentity(signIn: signIn)
        var limits = SocketConversation.Limits()
        limits.watch = .milliseconds(5)
        application = try fixture.application(sockets: limits)
        self.clock = clock
        try await store.add(
            SignInSession(
                digest: SignIn.digest(Self.cookie), principals: [.user("ada")], scopes: nil,
                createdAt: Self.hour(0), expiresAt: Self.hour(100), rotatedAt: Self.hour(0)))
    }

    private func open() async throws -> SocketTalk {
        try await SocketTalk.open(
            application, [.cookie: "__Host-millrace=\(Self.cookie)", .origin: "https://localhost"])
    }

    /// Asks something as who has signed in.
    private func ask(_ talk: SocketTalk) async throws {
        talk.send(#"{"type": "ask", "id": "q", "question": "when do deploys happen"}"#)
        let last = try await talk.untilEnd(of: "q").last
        #expect(last?["type"] == .text("done"), "\(String(describing: last))")
    }

    @Test func `stays open when the cookie is changed for another, and closes when the session ends`()
        async throws
    {
        let talk = try await open()
        try await ask(talk)
        var cookie = Self.cookie
        for hours in [1.5, 3.0, 4.5] {
            clock.now = Self.hour(hours)
            // A request of another page brings the cookie, and is given another one.
            cookie = try #require(try await signIn.caller(cookie: cookie)?.next)
            try await ask(talk)
            clock.now = Self.hour(hours + 0.5)
            #expect(try await signIn.caller(cookie: Self.cookie) == nil, "it is good for nothing by now")
            try await ask(talk)
        }
        try await signIn.end(cookie: cookie)
        #expect(await talk.closed() == .noLongerAdmitted)
    }

    @Test func `closes when the session comes to its time`() async throws {
        let talk = try await open()
        try await ask(talk)
        clock.now = Self.hour(100)
        #expect(await talk.closed() == .noLongerAdmitted)
    }
}
