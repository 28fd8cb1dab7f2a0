import HTTPTypes
import JSONValue

/// An operation whose body may come in several requests.
struct UploadTarget: Sendable {
    /// Its id.
    let operation: String
    let scope: Scope
    /// Bytes of a body at most.
    let limitBytes: Int
    /// Answers the request that began an upload, all of whose bytes have come.
    let complete: @Sendable (RoutedRequest, Caller) async throws -> APIResponse
}

extension Inputs {
    /// The same, with the request that they were read from.
    var withRequest: Inputs<(RoutedRequest, Value)> {
        Inputs<(RoutedRequest, Value)>(
            parameters: parameters + UploadFields.parameters, body: body
        ) { [read] routed in (routed, try read(routed)) }
    }
}

extension UploadFields {
    /// As operations declare that take a body in several requests.
    ///
    /// Any text: a structured field that cannot be read counts as absent (RFC 9651, section 4.2).
    static let parameters = [
        parameter(.uploadComplete, .text, "?0 when more comes later, ?1 when the upload can be resumed"),
        parameter(.uploadLength, .text, "bytes of the whole, a whole number"),
        parameter(
            .uploadInteropVersion, .text,
            "the client's iteration of the draft, a whole number, for interim responses"),
    ]

    static let flag = JSONSchema.choice(["?0", "?1"])
    static let count = JSONSchema(["type": "integer", "minimum": 0])

    static func parameter(
        _ name: HTTPField.Name, _ schema: JSONSchema, _ summary: String, isRequired: Bool = false
    ) -> ParameterDeclaration {
        ParameterDeclaration(
            name: name.rawName, place: .header, isRequired: isRequired, summary: summary, schema: schema,
            isChecked: isRequired)
    }
}

extension Operation {
    /// For callers who have `scope`, with a body that may come in several requests, each going on where the one before
    /// ended; to the operation it is one body.
    ///
    /// - Parameters:
    ///   - uploads: keeps what has come; `nil` where a body must come whole.
    ///   - check: refuses, before anything is received, what the operation would refuse at the end.
    static func resumable<Input>(
        _ uploads: ResumableUploads?, _ scope: Scope, _ id: String, _ method: HTTPRequest.Method,
        _ path: String, summary: String, section: String? = nil, inputs: Inputs<Input>,
        responses: [ResponseDeclaration], problems: [ProblemKind] = [],
        check: @escaping @Sendable (Input, Caller) async throws -> Void = { _, _ in },
        handle: @escaping CallerHandler<Input>
    ) -> Operation {
        guard let uploads, let limit = inputs.body?.streamLimitBytes else {
            return .scoped(
                scope, id, method, path, summary: summary, section: section, inputs: inputs,
                responses: responses, problems: problems, handle: handle)
        }
        let target = UploadTarget(operation: id, scope: scope, limitBytes: limit) { routed, caller in
            try await handle(inputs.read(routed), caller)
        }
        uploads.accept(target)
        return .scoped(
            scope, id, method, path, summary: summary, section: section, inputs: inputs.withRequest,
            responses: responses + [ResumableUploads.begun],
            problems: problems + [.inconsistentUploadLength, .uploadInUse, .tooMany]
        ) { input, caller in
            let (routed, own) = input
            let fields = UploadFields(routed.request.headers)
            guard fields.isComplete != nil else { return try await handle(own, caller) }
            try await check(own, caller)
            return try await uploads.begin(routed, fields, caller, target)
        }
    }
}
