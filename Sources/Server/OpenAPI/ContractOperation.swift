import Foundation
import HTTPTypes
import JSONValue

/// `GET /openapi.json`: every operation, this one included, as an OpenAPI document that is made once.
enum ContractOperation {
    static let id = "openAPI"

    /// `operations` with the one that describes them all.
    static func adding(to operations: [Operation]) -> [Operation] {
        let declaration = operation(TaggedContent(contentType: "application/json", bytes: Data()))
        let document = OpenAPIDocument(operations + [declaration])
        return operations + [
            operation(TaggedContent(contentType: "application/json", bytes: document.bytes))
        ]
    }

    private static func operation(_ content: TaggedContent) -> Operation {
        .open(
            id, .get, "/openapi.json", summary: "this API as an OpenAPI 3.1 document",
            section: "openapi", inputs: .conditions,
            responses: [
                ResponseDeclaration(
                    status: 200, summary: "the document", content: .json(.anyObject)),
                .part("application/json"), .notModified,
            ], problems: [.unsatisfiableRange]
        ) { conditions in try content.response(to: conditions) }
    }
}
