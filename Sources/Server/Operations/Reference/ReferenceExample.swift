import HTTPTypes
import JSONValue

/// How an operation is asked from a shell.
struct ReferenceExample: Sendable {
    let command: String

    /// - Parameter schemas: the named ones.
    init(_ operation: Operation, schemas: [String: JSONValue]) {
        var lines = ["curl -s"]
        if operation.method != .get, operation.method != .post || operation.body == nil {
            lines[0] += " -X \(operation.method.rawValue)"
        }
        let query = operation.parameters.filter { $0.place == .query && $0.isRequired }
            .map { "\($0.name)=\($0.name.uppercased())" }.joined(separator: "&")
        // Braces are a pattern to curl; what is to be put in stands in capitals.
        let path = operation.path.split(separator: "/", omittingEmptySubsequences: false).map { part in
            part.hasPrefix("{") ? part.dropFirst().dropLast().uppercased() : String(part)
        }.joined(separator: "/")
        lines[0] += " \"$MILLRACE\(path)\(query.isEmpty ? "" : "?\(query)")\""
        switch operation.access {
        case .open, .signature: break
        case .caller, .scope: lines.append("-H \"X-API-Key: $KEY\"")
        }
        for header in operation.parameters where header.place == .header && header.isRequired {
            lines.append("-H '\(header.name): …'")
        }
        if let body = operation.body {
            if body.isJSON {
                let example = ReferenceSchema(body.schema.json).example(schemas)
                let text = ((try? example.text()) ?? "{}").replacing("'", with: "'\\''")
                lines += ["-H 'Content-Type: application/json'", "-d '\(text)'"]
            } else if let type = body.contentTypes.first {
                lines +=
                    type == "multipart/form-data"
                    ? ["-F file=@FILE"] : ["-H 'Content-Type: \(type)'", "--data-binary @FILE"]
            }
        }
        command = lines.joined(separator: " \\\n  ")
    }
}
