import Foundation
import TestSupport
import Testing
import Transport

/// Questions of the command line while another process serves the data folder.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `A question to a folder that is served` {
    private static let lead = HandbookFolder.lead
    private static let named = ["--set", "tenants=acme"]
    private let folder: TemporaryDirectory
    private let data: URL

    init() throws {
        let handbook = try HandbookFolder()
        (folder, data) = (handbook.folder, handbook.data)
    }

    /// What a run says, without the times that it took.
    private func said(_ arguments: [String]) throws -> [String] {
        let run = try CommandLineRun(arguments, data: data)
        let times = try Regex(#"[0-9.]+ ms$|"(total_)?milliseconds" : [0-9.]+|"[^"]+" : [0-9.e-]+,?$"#)
        let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
        return ["\(run.status)", run.errors] + lines.map { String($0).replacing(times, with: "") }
    }

    @Test func `gets the same answer as when nobody serves it, as whoever it is asked`() async throws {
        let salary = "salary bands of senior engineers"
        let commands = [
            ["search", salary, "--json"] + Self.lead, ["search", salary, "--limit", "3"] + Self.lead,
            ["search", salary, "--json", "--as", "group:confluence-users"],
            ["search", "laptop", "--as", "anyone"], ["search", "laptop", "--as", "anyone", "--json"],
            ["search", "laptop", "--mode", "keyword", "--space", "ENG"] + Self.lead,
            ["search", "laptop", "--space", "NONE"] + Self.lead,
            ["ask", "How long do we keep access logs?", "--as", "group:confluence-users"],
            ["ask", "When do deploys happen?", "--json", "--as", "group:confluence-users"],
            ["ask", "Who won the world cup?", "--as", "group:confluence-users"],
            ["ask", "Who?", "--top-k", "0"], ["ask", "Who?", "--flow", "none"] + Self.lead,
        ]
        let before = try commands.map(said)
        let (server, _) = try await RunningProgram.server(data: data)
        for (command, expected) in zip(commands, before) {
            #expect(try said(command) == expected, "\(command)")
        }
        server.send(SIGTERM)
        #expect(try await server.end(withinSeconds: 20) == 0, "\(server.errors)")
        #expect(!FileManager.default.fileExists(atPath: data.appendingPathComponent(".questions").path))
    }

    @Test func `gets an answer of its tenant alone`() async throws {
        try folder.write("# Pets\n\nThe okapi lives in the garden of acme.\n", to: "acme/page.md")
        let run = try CommandLineRun(
            ["ingest", "--export", folder.path("acme"), "--tenant", "acme"] + Self.named, data: data)
        #expect(run.status == 0, "\(run.errors)")
        let okapi = ["search", "okapi", "--mode", "keyword", "--json"] + Self.named
        let (server, _) = try await RunningProgram.server(data: data, Self.named)
        let own = try CommandLineRun(okapi + ["--tenant", "acme"], data: data)
        #expect(own.output.contains("garden of acme"), "\(own.errors)")
        let other = try CommandLineRun(okapi, data: data)
        #expect(other.status == 4 && !other.output.contains("garden"), "\(other.errors)")
        server.send(SIGTERM)
        #expect(try await server.end(withinSeconds: 20) == 0, "\(server.errors)")
        let (alone, _) = try await RunningProgram.server(data: data)
        // The folder of the tenant is nobody's now.
        let opened = try CommandLineRun(okapi + ["--tenant", "acme"], data: data)
        #expect(opened.output.contains("garden of acme"), "\(opened.errors)")
        alone.send(SIGTERM)
        #expect(try await alone.end(withinSeconds: 20) == 0, "\(alone.errors)")
    }

    @Test func `is refused when it names other settings, and answered when they are the same`() async throws {
        let boosted = ["--set", "search.boost_recency=3"]
        let (server, _) = try await RunningProgram.server(data: data, boosted)
        let same = try CommandLineRun(["search", "laptop"] + Self.lead + boosted, data: data)
        #expect(same.status == 0, "\(same.errors)")
        let other = try CommandLineRun(
            ["search", "laptop"] + Self.lead + ["--set", "search.boost_recency=2"], data: data)
        #expect(other.status == 1)
        #expect(other.errors.contains("has other values for search.boost_recency"), "\(other.errors)")
        server.send(SIGTERM)
        #expect(try await server.end(withinSeconds: 20) == 0, "\(server.errors)")
    }

    @Test func `opens the folder again once the server is killed, whose socket stays behind`() async throws {
        let (server, _) = try await RunningProgram.server(data: data)
        let search = ["search", "laptop"] + Self.lead
        #expect(try CommandLineRun(search, data: data).status == 0)
        server.send(SIGKILL)
        #expect(try await server.end(withinSeconds: 20) == -SIGKILL)
        #expect(FileManager.default.fileExists(atPath: data.appendingPathComponent(".questions").path))
        #expect(try CommandLineRun(search, data: data).status == 0)
        let (next, _) = try await RunningProgram.server(data: data)
        #expect(try CommandLineRun(search, data: data).status == 0)
        next.send(SIGTERM)
        #expect(try await next.end(withinSeconds: 20) == 0, "\(next.errors)")
    }

    @Test func `leaves the server to its callers when nobody could sign in at the one that takes over`()
        async throws
    {
        let (server, port) = try await RunningProgram.server(data: data)
        let next = try CommandLineRun(
            ["serve", "--takeover", "--port", "\(port)", "--set", "auth.required=true"], data: data)
        #expect(next.status == 1)
        #expect(next.errors.contains("millrace keys create"), "\(next.errors)")
        var direct = HTTPClientConfiguration()
        direct.proxy = .none
        let alive = try await CurlHTTPClient(configuration: direct).send(
            HTTPRequest(method: "GET", url: "http://127.0.0.1:\(port)/healthz", headers: []))
        #expect(alive.head.status == 200)
        let key = try CommandLineRun(["keys", "create", "--name", "k"], data: data)
        #expect(key.status == 0, "\(key.errors)")
        let taking = try RunningProgram(
            ["serve", "--takeover", "--port", "\(port)", "--set", "auth.required=true"], data: data)
        try await taking.wait(for: "the address") { $0.output.contains("/v1/search") }
        #expect(try await server.end(withinSeconds: 20) == 0, "\(server.errors)")
        // Asked of the one that serves now, which asks nothing of whoever may read the folder.
        #expect(try CommandLineRun(["search", "laptop"] + Self.lead, data: data).status == 0)
        taking.send(SIGTERM)
        #expect(try await taking.end(withinSeconds: 20) == 0, "\(taking.errors)")
    }
}
