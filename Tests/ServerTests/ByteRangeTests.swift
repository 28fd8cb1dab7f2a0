import CorpusSQLite
import Corpus
import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Ranges of a file` {
    private let content = TaggedContent(contentType: "text/plain", bytes: Data("0123456789".utf8))

    private func respond(_ range: String, ifRange: String? = nil) throws -> APIResponse {
        try content.response(to: RequestConditions(ifRange: ifRange, range: range))
    }

    @Test(arguments: [
        ("bytes=0-3", "0123", "bytes 0-3/10"), ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"), ("bytes=9-99", "9", "bytes 9-9/10"),
        ("bytes=-99", "0123456789", "bytes 0-9/10"), ("BYTES=0-0", "0", "bytes 0-0/10"),
        ("bytes=4-5, 50-60", "45", "bytes 4-5/10"),
    ])
    func `one is a 206 with its place`(range: String, text: String, place: String) throws {
        let response = try respond(range)
        #expect(response.status == .partialContent)
        #expect(response.data == Data(text.utf8))
        #expect(response.headers[.contentRange] == place)
        #expect(response.headers[.acceptRanges] == "bytes")
    }

    @Test(arguments: ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=20-30,40-"])
    func `outside the file is refused with its length`(range: String) throws {
        #expect(throws: RequestFault.unsatisfiableRange(length: 10)) { try respond(range) }
        let problem = ProblemDetails(RequestFault.unsatisfiableRange(length: 10)).response(requestID: "t")
        #expect(problem.status == .rangeNotSatisfiable)
        #expect(problem.headers[.contentRange] == "bytes */10")
    }

    @Test(arguments: ["bytes=3-1", "bytes=a-b", "bytes=", "bytes=1", "lines=1-2", "bytes=1--2", "bytes=-"])
    func `that is no range is passed over`(range: String) throws {
        let response = try respond(range)
        #expect(response.status == .ok)
        #expect(response.data == content.bytes)
    }

    @Test func `seventeen at once are passed over, sixteen are not`() throws {
        func range(_ count: Int) -> String {
            "bytes=" + Array(repeating: "0-0", count: count).joined(separator: ",")
        }
        #expect(try respond(range(17)).status == .ok)
        #expect(try respond(range(16)).status == .partialContent)
    }

    @Test func `several are parts in the order asked for`() throws {
        let response = try respond("bytes=8-9,0-1")
        let type = try #require(response.headers[.contentType])
        let boundary = try #require(type.split(separator: "boundary=").last)
        #expect(
            String(decoding: response.data ?? Data(), as: UTF8.self) == """
                --\(boundary)\r\nContent-Type: text/plain\r\nContent-Range: bytes 8-9/10\r\n\r\n89\r\n\
                --\(boundary)\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\n01\r\n\
                --\(boundary)--\r\n
                """)
    }

    @Test func `hold only for the version that the client has`() throws {
        #expect(try respond("bytes=0-1", ifRange: content.tag).status == .partialContent)
        #expect(try respond("bytes=0-1", ifRange: "\"other\"").status == .ok)
        #expect(try respond("bytes=0-1", ifRange: "W/\(content.tag)").status == .ok)
    }

    @Test func `of an empty file cannot be`() throws {
        let empty = TaggedContent(contentType: "text/plain", bytes: Data())
        #expect(throws: RequestFault.unsatisfiableRange(length: 0)) {
            try empty.response(to: RequestConditions(range: "bytes=0-"))
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Inputs of an operation` {
    private enum Order: String, CaseIterable, Sendable { case newest, oldest }

    /// What an operation with these inputs answers to a query string.
    private func respond(_ query: String?) async throws -> (status: Int, text: String) {
        let operation = Server.Operation.open(
            "list", .get, "/list", summary: "a list",
            inputs: Inputs.query("limit", .integer(in: 1...9), standard: 3, "how many").and(
                Inputs<Order>.query("order", .choice, standard: .newest, "which first")),
            responses: [.bytes("text/plain", "what was read")]
        ) { limit, order in
            APIResponse(
                headers: [.contentType: "text/plain"], body: .data(Data("\(limit) \(order)".utf8)))
        }
        let request = APIRequest(method: .get, path: "/list", query: query, id: "t")
        let door = Door(
            callers: CallerReader(ServerConfiguration()), scopes: try SQLiteCorpus.inMemory(),
            timeLimit: .seconds(1))
        do {
            let response = try await operation.respond(
                to: RoutedRequest(request: request, parameters: [:]), door: door)
            return (response.status.code, String(decoding: response.data ?? Data(), as: UTF8.self))
        } catch {
            let problem = ProblemDetails(error)
            #expect(operation.allProblems.contains(.invalidParameter))
            return (problem.status, problem.field ?? "")
        }
    }

    @Test(arguments: [
        (nil, "3 newest"), ("limit=9", "9 newest"), ("order=oldest&limit=1", "1 oldest"),
        ("limi%74=2&x=%zz", "2 newest"),
    ])
    func `come from the query, or are what is usual`(query: String?, text: String) async throws {
        #expect(try await respond(query) == (200, text))
    }

    @Test(arguments: [
        ("limit=0", "limit"), ("limit=", "limit"), ("limit=1.5", "limit"), ("limit=1&limit=2", "limit"),
        ("order=random", "order"),
    ])
    func `are refused by name when they are wrong`(query: String, field: String) async throws {
        #expect(try await respond(query) == (422, field))
    }
}
