import HTTPTypes
import JSONValue

/// What clients of Langflow ask first: who answers, and whether it does.
struct LangflowSystemOperations: Sendable {
    /// Of this program.
    let version: String

    /// The version of Langflow whose API this is.
    static let apiVersion = "1.13.0"

    private struct Health: ResponseDocument {
        let status = "ok"

        static var schema: JSONSchema { .object(required: ["status": .text]).named("LangflowHealth") }
    }

    private struct Version: ResponseDocument {
        let version = LangflowSystemOperations.apiVersion
        let mainVersion = LangflowSystemOperations.apiVersion
        let package: String

        static var schema: JSONSchema {
            .object(required: ["version": .text, "main_version": .text, "package": .text]).named(
                "LangflowVersion")
        }
    }

    var operations: [Operation] {
        [
            .open(
                "langflowHealth", .get, "/health", summary: "is the process alive, as Langflow is asked",
                section: "langflow", inputs: .none, responses: [.json(Health.self, "it is")]
            ) { _ in try .json(Health()) },
            .open(
                "langflowVersion", .get, "/api/v1/version",
                summary: "which version of Langflow's API this is",
                section: "langflow", inputs: .none, responses: [.json(Version.self, "the version")]
            ) { _ in try .json(Version(package: "Millrace \(version)")) },
        ]
    }
}
