import HTTPTypes

/// What a caller must be allowed to do. Each operation names its own; there is no default.
public enum Scope: String, Sendable, Hashable, CaseIterable {
    /// Search, and read what is found.
    case search
    /// Ask questions.
    case ask
    /// See and run flows.
    case flows
    /// Put documents in, change and remove them, and see what became of them.
    case ingest
    /// Keys, members, settings, the audit log.
    case admin
}

/// One thing that the server can do, as a value: routes, OpenAPI document, table and tests are made of these.
///
/// There are six ways to make one, and each settles who may use it: `scoped`, `anyCaller` and `webSocket` hand their
/// handler a ``Caller``, which only the ``Door`` makes; `messages` hands one what asks the door for each message;
/// `open` and `signed` have none to hand. The initialiser is private to this file, because what keeps the handler is.
struct Operation: Sendable {
    /// Who may use it.
    enum Access: Sendable, Hashable {
        /// Everybody; nothing of the corpus is read.
        case open
        /// Every caller who is let in, whatever they may do.
        case caller
        /// Callers that have this scope.
        case scope(Scope)
        /// Whoever signs the body with the secret that both sides know.
        case signature
    }

    typealias Handler<Input> = @Sendable (Input) async throws -> APIResponse
    typealias CallerHandler<Input> = @Sendable (Input, Caller) async throws -> APIResponse

    /// Unique, and stable for generated clients: `ask`, `listFlows`.
    let id: String
    let method: HTTPRequest.Method
    /// Segments in braces stand for any text: `/v1/flows/{name}/run`.
    let path: String
    let access: Access
    /// One line for people, without a full stop.
    let summary: String
    /// The heading in docs/http-api.md that tells more, as a fragment.
    let section: String?
    /// Whether it is of the API; the page's own files are not.
    let isListed: Bool
    let parameters: [ParameterDeclaration]
    let body: BodyDeclaration?
    let responses: [ResponseDeclaration]
    /// What may go wrong, beyond what may with every request (``commonProblems``).
    let problems: [ProblemKind]
    /// Whether a request that is sent twice under one key is carried out once.
    let idempotency: Idempotency
    private let run: @Sendable (RoutedRequest, Door) async throws -> APIResponse

    /// Admits the caller, reads the inputs, does the work.
    ///
    /// - Throws: ``RequestFault``, and what the handler throws.
    func respond(to request: RoutedRequest, door: Door) async throws -> APIResponse {
        try await run(request, door)
    }

    /// What its requests are counted under: those for the page's files together, whose names change with them.
    var countedAs: String { id.hasPrefix("page:") ? "page:files" : id }

    /// Whether the connection becomes a WebSocket.
    var isWebSocket: Bool {
        responses.contains { if case .socket = $0.content { true } else { false } }
    }

    /// What any request may meet.
    static let commonProblems: [ProblemKind] = [.hostNotAllowed, .inside, .cancelled]

    /// What any request may meet that is made in somebody's name.
    static let admissionProblems: [ProblemKind] = [
        .malformedPrincipal, .principalsNotAllowed, .unauthenticated, .noSuchTenant, .rateLimited,
        .identityUnavailable,
    ]

    /// Everything that may go wrong, as inputs and access imply it and as the operation adds.
    var allProblems: [ProblemKind] {
        var kinds = Self.commonProblems + problems
        switch access {
        case .scope: kinds += Self.admissionProblems + [.insufficientScope]
        case .caller: kinds += Self.admissionProblems
        case .open, .signature: break
        }
        if body != nil {
            kinds += [.bodyTooLarge, .bodyTooSlow, .unsupportedContentCoding, .malformedContentCoding]
        }
        if negotiatedTypes != nil { kinds.append(.notAcceptable) }
        if method != .get { kinds.append(.storageFull) }
        if body?.streamLimitBytes != nil { kinds += [.bodyCutOff, .unsupportedType] }
        if isWebSocket { kinds += [.upgradeRequired, .originNotAllowed] }
        // A page of another origin may post what is no JSON without asking first.
        if method == .post { kinds.append(.originNotAllowed) }
        if body?.contentTypes.contains("multipart/form-data") == true { kinds.append(.invalidField) }
        if body?.isJSON == true, access != .signature {
            kinds += [.notJSON, .malformedJSON, .invalidField, .unknownField]
        }
        if parameters.contains(where: \.isChecked) { kinds.append(.invalidParameter) }
        if idempotency.keepsReplies { kinds += Idempotency.problems }
        return Set(kinds).sorted { ($0.status.code, $0.rawValue) < ($1.status.code, $1.rawValue) }
    }
}

extension Operation {
    /// The same at another address, for clients that write it so; the document lists it once.
    func also(at path: String) -> Operation {
        Operation(
            id: "\(id) at \(path)", method: method, path: path, access: access, summary: summary,
            section: section, isListed: false, parameters: parameters, body: body, responses: responses,
            problems: problems, idempotency: idempotency, run: run)
    }

    /// For callers who have `scope`.
    static func scoped<Input>(
        _ scope: Scope, _ id: String, _ method: HTTPRequest.Method, _ path: String, summary: String,
        section: String? = nil,
        inputs: Inputs<Input>, responses: [ResponseDeclaration], problems: [ProblemKind] = [],
        idempotency: Idempotency? = nil,
        handle: @escaping CallerHandler<Input>
    ) -> Operation {
        admitted(
            to: scope, id, method, path, summary: summary, section: section, inputs: inputs,
            responses: responses, problems: problems, idempotency: idempotency, handle: handle)
    }

    /// For every caller who is let in, whatever they may do.
    static func anyCaller<Input>(
        _ id: String, _ method: HTTPRequest.Method, _ path: String, summary: String,
        section: String? = nil,
        inputs: Inputs<Input>, responses: [ResponseDeclaration], problems: [ProblemKind] = [],
        idempotency: Idempotency? = nil,
        handle: @escaping CallerHandler<Input>
    ) -> Operation {
        admitted(
            to: nil, id, method, path, summary: summary, section: section, inputs: inputs,
            responses: responses, problems: problems, idempotency: idempotency, handle: handle)
    }

    /// - Parameter scope: what callers must have; `nil` for whoever is let in.
    private static func admitted<Input>(
        to scope: Scope?, _ id: String, _ method: HTTPRequest.Method, _ path: String, summary: String,
        section: String?, inputs: Inputs<Input>, responses: [ResponseDeclaration], problems: [ProblemKind],
        idempotency: Idempotency?, handle: @escaping CallerHandler<Input>
    ) -> Operation {
        let idempotency = idempotency ?? .standard(method)
        return Operation(
            id: id, method: method, path: path, access: scope.map { .scope($0) } ?? .caller,
            summary: summary, section: section, isListed: true,
            parameters: idempotency.parameters(beside: inputs.parameters), body: inputs.body,
            responses: responses, problems: problems, idempotency: idempotency
        ) { routed, door in
            let caller = try await door.admit(routed, to: scope)
            return try await door.once(
                routed, id, idempotency, inputs.body, caller, FailureForm(of: path)
            ) { routed in try await handle(inputs.read(routed), caller) }
        }
    }

    /// For everybody.
    static func open<Input>(
        _ id: String, _ method: HTTPRequest.Method, _ path: String, summary: String, section: String? = nil,
        isListed: Bool = true, inputs: Inputs<Input>, responses: [ResponseDeclaration],
        problems: [ProblemKind] = [], handle: @escaping Handler<Input>
    ) -> Operation {
        Operation(
            id: id, method: method, path: path, access: .open, summary: summary,
            section: section, isListed: isListed, parameters: inputs.parameters, body: inputs.body,
            responses: responses, problems: problems, idempotency: .notKept
        ) { routed, _ in try await handle(inputs.read(routed)) }
    }

    /// For whoever signs the body; the handler checks the signature before anything else.
    static func signed(
        _ id: String, _ method: HTTPRequest.Method, _ path: String, summary: String, section: String? = nil,
        inputs: Inputs<SignedBody>, responses: [ResponseDeclaration], problems: [ProblemKind] = [],
        handle: @escaping Handler<SignedBody>
    ) -> Operation {
        Operation(
            id: id, method: method, path: path, access: .signature, summary: summary,
            section: section, isListed: true, parameters: inputs.parameters, body: inputs.body,
            responses: responses, problems: problems, idempotency: .notKept
        ) { routed, _ in try await handle(inputs.read(routed)) }
    }

    /// For callers who have `scope`, as a connection of messages in both directions; asked for by `GET`.
    ///
    /// The handler is cancelled as soon as the client has gone. When it returns, the socket is closed.
    static func webSocket<Input>(
        _ scope: Scope, _ id: String, _ path: String, summary: String, section: String? = nil,
        inputs: Inputs<Input>, socket: SocketDeclaration, problems: [ProblemKind] = [],
        handle: @escaping @Sendable (Input, Caller, WebSocket) async throws -> Void
    ) -> Operation {
        precondition(inputs.body == nil, "a handshake has no body")
        return Operation(
            id: id, method: .get, path: path, access: .scope(scope), summary: summary,
            section: section, isListed: true, parameters: inputs.parameters, body: nil,
            responses: [
                ResponseDeclaration(
                    status: 101, summary: "the connection is a WebSocket", content: .socket(socket))
            ], problems: problems, idempotency: .notKept
        ) { routed, door in
            let caller = try await door.admit(routed, to: scope)
            let input = try inputs.read(routed)
            return try WebSocketHandshake.response(
                to: routed.request,
                WebSocketSession(messageLimitBytes: socket.messageLimitBytes) {
                    try await handle(input, caller, $0)
                })
        }
    }

    /// For every caller who is let in, as a connection whose messages are requests: each is answered as the operation
    /// that it names, within what the caller may do. Asked for by `GET`.
    ///
    /// Whoever brings nothing with the handshake that says who they are may say it in their first message, where a
    /// caller must be known: then nothing else is read. The handler is cancelled as soon as the client has gone.
    static func messages(
        _ id: String, _ path: String, summary: String, section: String? = nil, socket: SocketDeclaration,
        subprotocol: String, handle: @escaping @Sendable (MessageCaller, WebSocket) async -> Void
    ) -> Operation {
        Operation(
            id: id, method: .get, path: path, access: .caller, summary: summary, section: section,
            isListed: true, parameters: [], body: nil,
            responses: [
                ResponseDeclaration(
                    status: 101, summary: "the connection is a WebSocket", content: .socket(socket))
            ], problems: [], idempotency: .notKept
        ) { routed, door in
            let caller = try await MessageCaller.admit(routed, door)
            return try WebSocketHandshake.response(
                to: routed.request,
                WebSocketSession(
                    messageLimitBytes: socket.messageLimitBytes, drains: true, isOfUnknown: !caller.isKnown
                ) { await handle(caller, $0) }, subprotocol: subprotocol)
        }
    }
}
