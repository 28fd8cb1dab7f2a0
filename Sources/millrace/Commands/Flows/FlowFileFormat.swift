import ArgumentParser
import Flow
import Foundation
import JSONValue
import Langflow

/// The forms in which flows are written.
enum FlowFileFormat: String, ExpressibleByArgument, CaseIterable {
    case langflow, millrace

    /// - Parameter origin: the export that the flow came from; where its nodes stood is taken from it.
    func text(_ definition: FlowDefinition, origin: Data?) throws -> String {
        switch self {
        case .millrace:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(definition), as: UTF8.self)
        case .langflow:
            let export = try origin.flatMap { try LangflowExport.flows(in: $0, file: definition.name).first }
            return try LangflowWriter.write(definition, origin: export).json.text()
        }
    }
}
