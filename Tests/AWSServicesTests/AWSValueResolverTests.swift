import Foundation
import Synchronization
import Testing
import Transport

@testable import AWSServices

/// Answers a resolver's questions, by a clock that is set.
private final class Source: Sendable {
    struct State {
        var time = 0.0
        var count = 0
        var error: AWSError?
    }

    let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }

    var resolver: AWSValueResolver {
        AWSValueResolver(
            lifetime: .seconds(60), maxStale: .seconds(600),
            now: { Date(timeIntervalSince1970: self.state.withLock { $0.time }) }
        ) { _ async throws(AWSError) in
            await Task.yield()
            let (count, error) = self.state.withLock { state in
                state.count += 1
                return (state.count, state.error)
            }
            if let error { throw error }
            return AWSValueResolver.Value(
                text: AWSSecretText(#"{"a": "planted-\#(count)", "b": true}"#), requestID: "R\(count)")
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Values that stand in AWS` {
    @Test(arguments: [
        ("secret:n", AWSValueReference.secret(id: "n", key: nil)),
        (
            "secret:arn:aws:secretsmanager:eu-west-1:1:secret:n-AbCdEf#user",
            .secret(id: "arn:aws:secretsmanager:eu-west-1:1:secret:n-AbCdEf", key: "user")
        ),
        ("secret:a/b#c#d", .secret(id: "a/b", key: "c#d")), ("ssm:/a/b", .parameter(name: "/a/b")),
        ("ssm:/a/b:3", .parameter(name: "/a/b:3")), ("secret:", nil), ("secret:#k", nil), ("secret:n#", nil),
        ("secret: a phrase", nil), ("ssm:", nil), ("SECRET:n", nil), ("https://x", nil), ("", nil),
    ])
    func `are told by their form`(text: String, reference: AWSValueReference?) {
        #expect(AWSValueReference(text) == reference)
        if let reference { #expect("\(reference)" == text) }
    }

    @Test func `are fetched once for all keys and everybody`() async throws {
        let source = Source()
        let resolver = source.resolver
        try await withThrowingTaskGroup(of: String.self) { group in
            for index in 0..<100 {
                group.addTask { try await resolver.resolve("secret:n#\(index % 2 == 0 ? "a" : "b")").value }
            }
            for try await value in group { #expect(value == "planted-1" || value == "true") }
        }
        #expect(source.count == 1)
    }

    @Test func `serve on while AWS does not answer, but not when it says that they are gone`() async throws {
        let source = Source()
        let resolver = source.resolver
        #expect(try await resolver.resolve("secret:n#a").value == "planted-1")
        source.state.withLock {
            $0.time = 100
            $0.error = .transport(.timedOut(host: "h", after: .seconds(1)))
        }
        #expect(try await resolver.resolve("secret:n#a").value == "planted-1")
        source.state.withLock { $0.time = 601 }
        await #expect(throws: AWSValueResolver.Fault.self) { try await resolver.resolve("secret:n#a") }
        source.state.withLock {
            $0.time = 100
            $0.error = .refused(
                AWSError.Refusal(
                    service: "secretsmanager", operation: "GetSecretValue", status: 400,
                    code: "ResourceNotFoundException", message: "", requestID: "r"))
        }
        let error = await #expect(throws: AWSValueResolver.Fault.self) {
            try await resolver.resolve("secret:n#a")
        }
        #expect(error?.description.contains("secret:n#a") == true)
        #expect(error?.description.contains("planted") == false)
    }

    @Test func `are asked for anew when somebody refused them, every few seconds at the most`() async throws {
        let source = Source()
        let resolver = source.resolver
        let reference = AWSValueReference.secret(id: "n", key: "a")
        #expect(try await resolver.value(reference).value == "planted-1")
        #expect(try await resolver.value(reference).value == "planted-1")
        source.state.withLock { $0.time = 1 }
        #expect(try await resolver.renewed(reference).value == "planted-2")
        #expect(try await resolver.value(reference).value == "planted-2")
        source.state.withLock { $0.time = 5 }
        #expect(try await resolver.renewed(reference).value == "planted-2")
        source.state.withLock { $0.time = 6 }
        #expect(try await resolver.renewed(reference).value == "planted-3")
        #expect(source.count == 3)
        // Where AWS gives none now, the one before goes on for whoever does not complain.
        source.state.withLock {
            $0.time = 12
            $0.error = .transport(.timedOut(host: "h", after: .seconds(1)))
        }
        await #expect(throws: AWSValueResolver.Fault.self) { try await resolver.renewed(reference) }
        #expect(try await resolver.value(reference).value == "planted-3")
    }

    @Test func `show nothing when they are printed`() {
        var text = ""
        dump([AWSSecretText("planted")], to: &text)
        dump(AWSSecretBytes(Data("planted".utf8)), to: &text)
        text += "\(AWSSecretText("planted")) \(String(reflecting: AWSSecretText("planted")))"
        #expect(!text.contains("planted"))
    }
}
