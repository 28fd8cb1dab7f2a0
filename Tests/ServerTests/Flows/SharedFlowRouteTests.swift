import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `The routes of a shared flow` {
    @Test func `show others of a shared flow the version that callers run`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.keep(FlowText.saying("one"), #""shared": true"#)
        for (method, path, body) in [
            (HTTPRequest.Method.post, "/publish", #"{"version": 1}"#),
            (.put, "", #"{"flow": \#(FlowText.saying("two")), "shared": true}"#),
        ] {
            let response = try await fixture.respond(
                method, "/v1/flows/\(id)\(path)", json: body, headers: .ada)
            #expect(response.status == .ok)
        }
        for (headers, numbers) in [(HTTPFields.ada, [2, 1]), (.bob, [1])] {
            let list = try await fixture.respond(.get, "/v1/flows/\(id)/versions", headers: headers).json
            #expect(list["versions"]?.list.compactMap { $0["version"]?.number } == numbers.map(Double.init))
        }
        let shown = try await fixture.respond(.get, "/v1/flows/\(id)", headers: .bob).json
        #expect(shown["version"] == .number(1))
        for path in ["?version=2", "/diff?from=1&to=2"] {
            let response = try await fixture.respond(.get, "/v1/flows/\(id)\(path)", headers: .bob)
            #expect(try response.problem == "no-such-version")
        }
        #expect(
            try await fixture.respond(
                .post, "/v1/runs", json: #"{"flow": "\#(id)", "input": "hello", "version": 2}"#,
                headers: .bob
            ).problem == "no-such-version")
    }
}

@Suite(.timeLimit(.minutes(2))) struct `A variable that a flow names` {
    @Test func `stands in the next run as it is`() async throws {
        let fixture = try await ServerFixture()
        let made = try await fixture.respond(
            .post, "/api/v1/variables/", json: #"{"name": "CITY", "value": "Delft", "type": "Generic"}"#,
            headers: .ada)
        let id = try #require(try made.json["id"]?.text)
        let flow = try await fixture.keep(
            FlowText.saying("CITY").replacing(#""CITY""#, with: #"{"variable": "CITY"}"#))
        for city in ["Delft", "Leiden"] {
            let changed = try await fixture.respond(
                .patch, "/api/v1/variables/\(id)", json: #"{"value": "\#(city)"}"#, headers: .ada)
            #expect(changed.status == .ok)
            let answer = try await fixture.respond(
                .post, "/v1/runs", json: #"{"flow": "\#(flow)", "input": "x"}"#, headers: .ada)
            #expect(try answer.json["outputs"]?.list.first?["message"]?["text"]?.text == city)
        }
    }
}
