import Corpus
import Foundation
import HTTPTypes
import Identity
import Testing
import Workspace
import WorkspaceSQLite

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Who opens a socket` {
    /// A server that lets nobody in who is not known, and its keys.
    private func server(
        _ limits: SocketConversation.Limits = SocketConversation.Limits()
    ) async throws -> (application: Application, keys: APIKeys) {
        var fixture = try await ServerFixture()
        fixture.configuration = ServerConfiguration(host: "0.0.0.0")
        let keys = APIKeys(store: try SQLiteWorkspace.inMemory())
        fixture.identity = ServedIdentity(keys: keys)
        return (try fixture.application(sockets: limits), keys)
    }

    private func key(
        _ keys: APIKeys, scopes: Set<String> = ["ask"]
    ) async throws -> (secret: APIKeySecret, key: APIKey) {
        try await keys.create(KeyRequest(name: "k", principals: [.user("ada")], scopes: scopes), by: "test")
    }

    private func token(_ text: String) -> String { #"{"type": "authenticate", "token": "\#(text)"}"# }
    private let question = #"{"type": "ask", "id": "q", "question": "when do deploys happen"}"#

    @Test func `may prove it by the handshake or by the first message`() async throws {
        let (application, keys) = try await server()
        let secret = try await key(keys).secret.text
        let known = try await SocketTalk.open(application, [.apiKey: secret])
        known.send(question)
        #expect(try await known.untilEnd(of: "q").last?["type"] == .text("done"))
        let late = try await SocketTalk.open(application)
        late.send(token(secret))
        try await late.expect("authenticated")
        late.send(question)
        #expect(try await late.untilEnd(of: "q").last?["type"] == .text("done"))
        late.send(token(secret))
        #expect(try await late.expect("problem").problemKind == "invalid-field")
    }

    @Test(arguments: [
        #"{"type": "ask", "id": "q", "question": "when do deploys happen"}"#, #"{"type": "ping"}"#, "{",
        #"{"type": "authenticate", "token": "mr_aaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}"#,
        #"{"type": "authenticate", "token": "sk-other"}"#, #"{"type": "authenticate"}"#,
        #"{"type": "authenticate", "token": "a\r\nX-Millrace-Principals: user:root"}"#,
    ])
    func `is closed out by any other first message`(first: String) async throws {
        let (application, keys) = try await server()
        let talk = try await SocketTalk.open(application)
        talk.send(first)
        talk.send(token(try await key(keys).secret.text))
        talk.send(question)
        #expect(await talk.closed() == .unauthenticated)
        while let message = try await talk.next() { #expect(message["type"] == .text("problem")) }
    }

    @Test func `has only so long to say so`() async throws {
        var limits = SocketConversation.Limits()
        limits.authentication = .milliseconds(20)
        let talk = try await SocketTalk.open(try await server(limits).application)
        #expect(await talk.closed() == .authenticationTimedOut)
        #expect(talk.count == 0)
    }

    @Test func `is refused before there is a socket with credentials that do not hold`() async throws {
        let (application, keys) = try await server()
        let revoked = try await key(keys)
        try await keys.revoke(key: revoked.key.id, by: "test")
        for headers: HTTPFields in [
            [.apiKey: revoked.secret.text], [.authorization: "Bearer nonsense"],
            [.authorization: "Basic eDp5"],
        ] {
            let response = await application.respond(to: SocketTalk.handshake(headers))
            #expect(response.status == .unauthorized)
        }
        // Somebody unknown who does not even ask for a socket.
        let plain = await application.respond(
            to: APIRequest(method: .get, path: SocketOperation.path, id: "x"))
        #expect(plain.status == .unauthorized)
    }

    @Test func `is let go soon after the key is revoked, in the middle of a run`() async throws {
        var limits = SocketConversation.Limits()
        limits.watch = .milliseconds(10)
        let (application, keys) = try await server(limits)
        let made = try await key(keys)
        let talk = try await SocketTalk.open(application)
        talk.send(token(made.secret.text))
        try await talk.expect("authenticated")
        try await keys.revoke(key: made.key.id, by: "test")
        #expect(await talk.closed() == .noLongerAdmitted)
    }

    @Test func `may do over it what they may do without it`() async throws {
        let (application, keys) = try await server()
        let talk = try await SocketTalk.open(
            application, [.apiKey: try await key(keys, scopes: ["flows"]).secret.text])
        talk.send(question)
        #expect(try await talk.untilEnd(of: "q").last?.problemKind == "insufficient-scope")
        let other = try await SocketTalk.open(application, [.apiKey: try await key(keys).secret.text])
        for message in [
            #"{"type": "run", "id": "r", "flow": "question-answering", "input": "x"}"#,
            #"{"type": "subscribe", "id": "r", "run": "x"}"#,
        ] {
            other.send(message)
            #expect(try await other.untilEnd(of: "r").last?.problemKind == "insufficient-scope")
        }
    }

    @Test func `becomes somebody by the first message where anybody is let in`() async throws {
        var fixture = try await ServerFixture()
        let keys = APIKeys(store: try SQLiteWorkspace.inMemory())
        fixture.identity = ServedIdentity(keys: keys)
        let talk = try await SocketTalk.open(fixture.application())
        talk.send(token(try await key(keys, scopes: ["flows"]).secret.text))
        try await talk.expect("authenticated")
        talk.send(question)
        #expect(try await talk.untilEnd(of: "q").last?.problemKind == "insufficient-scope")
        let wrong = try await SocketTalk.open(fixture.application())
        wrong.send(token("sk-other"))
        #expect(await wrong.closed() == .unauthenticated)
    }

    @Test(arguments: [nil, "millrace.v2", "graphql-ws, chat"] as [String?])
    func `must offer the subprotocol`(protocols: String?) async throws {
        let fixture = try await ServerFixture()
        let response = try await fixture.application().respond(
            to: SocketTalk.handshake(.ada, protocols: protocols))
        #expect(response.status == .upgradeRequired)
        #expect(response.text.contains("millrace.v1"))
        let agreed = try await fixture.application().respond(
            to: SocketTalk.handshake(.ada, protocols: "other, millrace.v1"))
        #expect(agreed.headers[.secWebSocketProtocol] == "millrace.v1")
    }

    @Test func `from a page of another origin is refused, and its cookies mean nothing where it is admitted`()
        async throws
    {
        var fixture = try await ServerFixture()
        var foreign = HTTPFields.ada
        foreign[.origin] = "https://evil.example"
        #expect(
            try await fixture.application().respond(to: SocketTalk.handshake(foreign)).status == .forbidden)
        fixture.configuration.allowedOrigins = ["https://app.example"]
        foreign[.origin] = "https://app.example"
        let response = try await fixture.application().respond(to: SocketTalk.handshake(foreign))
        #expect(response.status == .switchingProtocols)
    }
}
