import Foundation
import HTTPTypes
import JSONValue
import Synchronization

/// `GET /openapi.json`: every operation, this one included, as an OpenAPI document that is made once, when somebody asks
/// for it: writing it takes longer than everything else that a start waits for.
enum ContractOperation {
    static let id = "openAPI"

    /// `operations` with the one that describes them all.
    static func adding(to operations: [Operation]) -> [Operation] {
        let declaration = operation { TaggedContent(contentType: "application/json", bytes: Data()) }
        let described = operations + [declaration]
        let document = Document { OpenAPIDocument(described).bytes }
        return operations + [operation { document.content }]
    }

    /// Whoever asks while it is made waits for it.
    private final class Document: Sendable {
        private let made = Mutex<TaggedContent?>(nil)
        private let make: @Sendable () -> Data

        init(_ make: @escaping @Sendable () -> Data) {
            self.make = make
        }

        var content: TaggedContent {
            made.withLock { made in
                if let made { return made }
                let content = TaggedContent(contentType: "application/json", bytes: make())
                made = content
                return content
            }
        }
    }

    private static func operation(_ content: @escaping @Sendable () -> TaggedContent) -> Operation {
        .open(
            id, .get, "/openapi.json", summary: "this API as an OpenAPI 3.1 document",
            section: "openapi", inputs: .conditions,
            responses: [
                ResponseDeclaration(
                    status: 200, summary: "the document", content: .json(.anyObject)),
                .part("application/json"), .notModified,
            ], problems: [.unsatisfiableRange]
        ) { conditions in try content().response(to: conditions) }
    }
}
