import Flow
import FlowService
import Foundation
import HTTPTypes
import JSONValue
import Langflow
import Workspace

/// `POST /v1/flows/import`: what becomes of flows that Langflow exported, told node by node, and kept if wanted.
struct FlowImportOperation: Sendable {
    let service: FlowService
    let unzip: Unzip?

    var operation: Operation {
        .scoped(
            .flows, "importFlows", .post, "/v1/flows/import",
            summary: "the flows of a file that Langflow exported, with what became of each node",
            section: "flows",
            inputs: Inputs.query("keep", .flag, standard: true, "false only tells what would become of them")
                .and(
                    Inputs<UploadedForm>.form(
                        limitBytes: LangflowFlowOperations.uploadLimit,
                        "a form with the export as `file`, or the export itself")),
            responses: [
                .json(FlowImportDocument.self, status: 201, "the flows as they are kept"),
                .json(FlowImportDocument.self, "what would become of them, with `keep=false`"),
            ],
            problems: LangflowFlowOperations.editing + UploadedForm.problems, idempotency: .kept
        ) { input, caller in
            let (keep, form) = input
            let (data, name) = try await form.file()
            let translations = try LangflowArchive.flows(in: data, file: name, unzip: unzip)
            var document = FlowImportDocument()
            if keep {
                let kept = try await service.keep(translations, for: caller.owner)
                for (imported, translation) in zip(kept, translations) {
                    document.flows.append(
                        .init(translation, faults: imported.faults, id: imported.flow.id))
                }
            } else {
                for translation in translations {
                    let faults = try await service.faults(of: translation.definition, for: caller.owner)
                    document.flows.append(.init(translation, faults: faults, id: nil))
                }
            }
            return try .json(document, status: keep ? .created : .ok)
        }
    }
}

/// What became of each flow of an export.
struct FlowImportDocument: ResponseDocument {
    var flows: [Imported] = []

    static var schema: JSONSchema {
        .object(required: ["flows": .list(of: Imported.schema)]).named("FlowImport")
    }

    struct Imported: Encodable, Sendable {
        var name: String
        /// Where it is kept; `nil` where it is not.
        var id: String?
        var definition: FlowDefinition
        var faults: [FlowFault]
        var report: TranslationReport

        init(_ translation: LangflowTranslation, faults: [FlowFault], id: String?) {
            name = translation.definition.name
            definition = translation.definition
            report = translation.report
            self.faults = faults
            self.id = id
        }

        static var schema: JSONSchema {
            let texts = JSONSchema.list(of: .text)
            let node = JSONSchema.object(required: [
                "id": .text, "type": .text, "title": .text,
                "standing": .choice(TranslationReport.Standing.allCases.map(Self.word)),
                "component": JSONSchema.text.orNull, "became": texts, "notes": texts,
            ]).named("ImportedNode")
            return .object(
                required: [
                    "name": .text, "flow": FlowBody.graphSchema, "faults": texts, "obstacles": texts,
                    "remarks": texts, "nodes": .list(of: node),
                ],
                optional: ["id": JSONSchema.text.described("where it is kept")]
            ).named("ImportedFlow")
        }

        func encode(to encoder: any Encoder) throws {
            func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
            let graph = try JSONValue(parsing: JSONEncoder().encode(definition))
            var members: [String: JSONValue] = [
                "name": .string(name), "faults": texts(faults.map(\.description)),
                "obstacles": texts(report.obstacles.map(\.description)), "remarks": texts(report.remarks),
                "nodes": .array(report.nodes.map(described)), "flow": graph,
            ]
            if let id { members["id"] = .string(id) }
            try JSONValue.object(members).encode(to: encoder)
        }

        private func described(_ node: TranslationReport.Node) -> JSONValue {
            let became = definition.graph.components.map(\.id).filter { $0 == node.id }
            return [
                "id": .string(node.id), "type": .string(node.type), "title": .string(node.displayName),
                "standing": .string(Self.word(node.standing)),
                "component": node.component.map { .string($0) } ?? .null,
                "became": .array(became.map { .string($0) }),
                "notes": .array(node.remarks.map { .string($0) }),
            ]
        }

        /// One word in JSON.
        static func word(_ standing: TranslationReport.Standing) -> String {
            standing.rawValue.replacing(" ", with: "_")
        }
    }
}
