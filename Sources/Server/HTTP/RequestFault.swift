/// Every refusal that the server itself makes; what the modules below refuse, they say in their own errors.
enum RequestFault: Error, Sendable, Hashable {
    case notFound(path: String)
    case methodNotAllowed(method: String, allowed: [String])
    case hostNotAllowed(host: String)
    case bodyTooLarge(limitBytes: Int)
    case bodyTooSlow(seconds: Double)
    /// The connection ended before the body did.
    case bodyCutOff
    case notJSON(contentType: String?)
    case unsupportedType(contentType: String?, accepted: [String])
    /// `place` says where in the body, and what stands there.
    case malformedJSON(place: String)
    case invalidField(name: String, reason: String)
    case unknownField(name: String, known: [String])
    /// A parameter of the path, the query or the header.
    case invalidParameter(name: String, expectation: String)
    /// No byte of the file is in the ranges asked for.
    case unsatisfiableRange(length: Int)
    /// The file of a response is not on the disk.
    case noSuchFile
    /// The address speaks WebSocket, and the request is no handshake for it.
    case upgradeRequired
    /// The handshake does not offer what is spoken over the WebSocket.
    case subprotocolRequired(String)
    /// A page of another origin, by its browser's word, asks for a WebSocket or sends a form.
    case originNotAllowed(origin: String)
    case malformedPrincipal(String)
    case principalsNotAllowed(reason: String)
    /// Nobody is named, or nothing proves who it is.
    case unauthenticated(reason: String, challenge: String, signIn: String? = nil)
    /// The caller is known and may not do this.
    case insufficientScope(needed: String, granted: [String], isAnonymous: Bool)
    /// The caller belongs to a tenant that is not served here.
    case noSuchTenant(String)
    case rateLimited(perMinute: Int, retryAfterSeconds: Int)
    /// Credentials could not be checked, through no fault of the caller's.
    case identityUnavailable(reason: String)
    case thisMachineOnly(reason: String)
    case noSuchPassage(id: String)
    case webhookRefused(reason: String)
    case busy(running: Int, waiting: Int, retryAfterSeconds: Int)
    case timedOut(seconds: Double)
    case notReady(reasons: [String])
    /// What was sent is no request, or says two things about where it ends.
    case malformedRequest(reason: String)
    /// The `Host` field.
    case malformedHost(reason: String)
    case headersTooLarge
    case headersTooSlow(seconds: Double)
    case unsupportedVersion
    /// A `Transfer-Encoding` other than `chunked`.
    case unsupportedCoding(String)
    /// A `Content-Encoding` other than gzip.
    case unsupportedContentCoding(String)
    /// A body that is not what its `Content-Encoding` says.
    case malformedContentCoding(reason: String)
    /// A packed body that is more than `ratio` times as large unpacked.
    case bodyUnpacksTooFar(ratio: Int)
    /// The `Accept` header names none of what there is.
    case notAcceptable(types: [String])
    /// An `Expect` other than `100-continue`.
    case unmetExpectation(String)
    case unsupportedCharset(String)
    /// The first request under the same idempotency key has not ended yet.
    case requestUnderWay(retryAfterSeconds: Int)
    /// The request was carried out when it first came, and the response is not kept; `status` is what it was.
    case replyNotKept(status: Int)
    /// The request was begun when it first came, and ended from within before anybody knew what became of it.
    case outcomeUnknown
    /// A change that does not say which version it changes.
    case preconditionRequired
    /// Nobody and no group that is known.
    case noSuchMember(String)
    /// A source that the settings name.
    case readOnlySource(id: String)
    /// A source that is asked before its documents are shown, which are to stay without it.
    case verifiedSource(id: String)
    /// A change of another version than there is.
    case preconditionFailed(current: String)
    /// Nothing can be written; what only reads goes on.
    case storageFull
    /// Something that was shown may not be read any more.
    case accessWithdrawn
    /// A key that an object of the body has twice; `place` says where the second one stands.
    case duplicateKey(String, place: String)
    /// What needs the vectors in this process, which lie on a server.
    case vectorsElsewhere
}

extension RequestFault: CustomStringConvertible {
    var description: String {
        switch self {
        case .notFound(let path):
            "There is nothing at \(path)."
        case .methodNotAllowed(let method, let allowed):
            "\(method) is not understood here. Use \(allowed.filter { $0 != "OPTIONS" }.joined(separator: " or "))."
        case .hostNotAllowed(let host):
            """
            This server answers on this machine only, and “\(host)” is not one of its names. Use localhost or \
            127.0.0.1, or name the host in the server's settings.
            """
        case .bodyTooLarge(let limit):
            "The request's body is larger than the limit of \(limit) bytes. Send less."
        case .bodyTooSlow(let seconds):
            "The request's body did not arrive within \(seconds) s. Send it again, faster."
        case .bodyCutOff:
            "The request's body ended before it was complete. Send it again."
        case .unsupportedType(let type, let accepted):
            """
            The body is \(type.map { "“\($0)”" } ?? "of no stated type"); send \
            \(accepted.joined(separator: " or ")).
            """
        case .notJSON(let type):
            "The body is \(type.map { "“\($0)”" } ?? "of no stated type"); send application/json."
        case .malformedJSON(let place):
            "The body is not JSON: \(place)"
        case .invalidField(let name, let reason):
            // A reason that another part of the program gave may be a sentence already.
            "“\(name)” \(reason.hasSuffix(".") ? reason : reason + ".")"
        case .unknownField(let name, let known):
            "There is no field “\(name)” here. "
                + (known.isEmpty ? "There are none." : "Known fields: \(known.joined(separator: ", ")).")
        case .invalidParameter(let name, let expectation):
            "“\(name)” must be \(expectation)."
        case .unsatisfiableRange(let length):
            "No byte of what was asked for is among the \(length) that there are."
        case .noSuchFile:
            "The file that belongs here is not there. It may have been removed meanwhile."
        case .upgradeRequired:
            "Only a WebSocket (RFC 6455, version 13) can be opened here: send its handshake with GET."
        case .subprotocolRequired(let name):
            "What is spoken here is the subprotocol “\(name)”: offer it in Sec-WebSocket-Protocol."
        case .originNotAllowed(let origin):
            "A page of “\(origin)” may not do that here; only this server's own pages may."
        case .malformedPrincipal(let text):
            """
            “\(text)” is no principal. Write user:ID, group:NAME, anyone or signed-in, separated by commas; \
            percent-encode what is not ASCII. One with a comma in it stands in double quotes.
            """
        case .principalsNotAllowed(let reason):
            "X-Millrace-Principals is not accepted: \(reason)."
        case .unauthenticated(let reason, _, _): reason
        case .insufficientScope(let needed, let granted, let isAnonymous):
            isAnonymous
                ? """
                This needs the scope “\(needed)”, which callers without a key do not have. Make a key with \
                `millrace keys create --scopes \(needed)`, or name the scope in the setting auth.anonymous_scopes.
                """
                : """
                This needs the scope “\(needed)”; yours are \
                \(granted.isEmpty ? "none" : granted.joined(separator: ", ")). Ask for a key that has it.
                """
        case .noSuchTenant(let name):
            """
            You belong to the tenant “\(name.prefix(100))”, which this server does not serve. Use a key of another one, or \
            have an administrator name it in the setting tenants.
            """
        case .rateLimited(let limit, let seconds):
            "More than \(limit) requests a minute. Try again in \(seconds) s."
        case .identityUnavailable(let reason): "Who you are could not be checked: \(reason)"
        case .thisMachineOnly(let reason):
            """
            This is told to the server's own machine only: \(reason). Ask from there, past any proxy, or open it to \
            others in the server's settings.
            """
        case .noSuchPassage(let id):
            "There is no passage \(id) that you may read. It may have gone with the last sync."
        case .webhookRefused(let reason):
            "The delivery is not accepted: \(reason). Give this server and the sender the same secret."
        case .busy(let running, let waiting, let seconds):
            """
            \(running) questions are being answered and \(waiting) wait, which is the limit. Try again in \
            \(seconds) s.
            """
        case .timedOut(let seconds):
            "The request was not finished within \(seconds) s. Try again, or ask for less."
        case .notReady(let reasons):
            reasons.joined(separator: " ")
        case .malformedRequest(let reason):
            "What was sent is no HTTP/1.1 request: \(reason). The connection ends here."
        case .malformedHost(let reason):
            "A request has one Host field, with a name and perhaps a port: \(reason)."
        case .headersTooLarge:
            "The request's address and header fields are too many or too long. Send fewer or shorter ones."
        case .headersTooSlow(let seconds):
            "The request's header did not arrive within \(seconds) s. Send it again, faster."
        case .unsupportedVersion:
            "This server speaks HTTP/1.1 and HTTP/1.0, HTTP/2 in TLS alone, and no other version."
        case .unsupportedCoding(let coding):
            "The transfer coding “\(coding.prefix(100))” is not understood. Send the body as it is, or chunked."
        case .unsupportedContentCoding(let coding):
            "The body is packed as “\(coding.prefix(100))”. Send it as it is, or as gzip where bodies are not signed."
        case .malformedContentCoding(let reason):
            "The body is said to be gzip, and \(reason). Pack it anew, or send it as it is."
        case .bodyUnpacksTooFar(let ratio):
            """
            The body is more than \(ratio) times as large unpacked as it is packed, which few contents are. Send it \
            as it is.
            """
        case .notAcceptable(let types):
            "None of what Accept names is told here. There is \(types.joined(separator: " and "))."
        case .unmetExpectation(let expectation):
            "The expectation “\(expectation.prefix(100))” cannot be met; 100-continue is the only one."
        case .unsupportedCharset(let charset):
            "The body is said to be “\(charset.prefix(100))”. JSON is sent as UTF-8; send it so."
        case .noSuchMember(let text):
            "Nobody is known as “\(text.prefix(200))”. Write user:ID or group:NAME."
        case .readOnlySource(let id):
            """
            The source \(id.prefix(200)) is named by the server's settings; change it there, and start the server anew.
            """
        case .verifiedSource(let id):
            """
            The source \(id.prefix(200)) is asked before its documents are shown. Kept without it, they would be shown \
            to whoever could read them at the last sync, with nobody to ask. Take them out with documents=remove, or \
            set its “permissions” to “sync” first.
            """
        case .requestUnderWay:
            "The first request under this idempotency key is being carried out still. Ask again in a moment."
        case .replyNotKept(let status):
            """
            This request was carried out when it first came, with status \(status), and is not carried out again. Its \
            response is not kept: it held a secret that is shown once, or was too large. Look at what it made, and make \
            another secret if this one did not arrive.
            """
        case .outcomeUnknown:
            """
            This request was begun when it first came, and was ended before its outcome was known. It is not carried out \
            again. Look at what there is, and ask for what is missing under another key.
            """
        case .preconditionRequired:
            "Say which version is to be changed: send its ETag as If-Match, or * for whatever is there."
        case .preconditionFailed(let current):
            "It was changed meanwhile; its ETag is \(current) now. Read it anew, and make the change again."
        case .storageFull:
            """
            The server's disk is full, so that nothing is written now. Questions and searches go on; try again when \
            there is room.
            """
        case .accessWithdrawn:
            """
            The right to read something that was shown here has been taken away meanwhile. Ask again for what may still \
            be read.
            """
        case .duplicateKey(let key, let place):
            "“\(key.prefix(100))” stands in its object for the second time at \(place). Send each key once."
        case .vectorsElsewhere:
            """
            No map is drawn where vectors.provider is pgvector or opensearch: the vectors lie on another server, and \
            this one holds none of them.
            """
        }
    }
}
