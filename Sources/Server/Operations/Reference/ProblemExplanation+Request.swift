extension ProblemExplanation {
    /// Of problems with how something was asked; `nil` for others.
    static func ofRequest(_ kind: ProblemKind) -> ProblemExplanation? {
        ofTransfer(kind) ?? ofContent(kind)
    }

    /// Of what HTTP itself lays down.
    private static func ofTransfer(_ kind: ProblemKind) -> ProblemExplanation? {
        switch kind {
        case .methodNotAllowed:
            .init(
                "Method not allowed", "There is something at this address, but not for this method.",
                "Use one of the methods that the Allow header lists.")
        case .hostNotAllowed:
            .init(
                "Another host",
                "The server answers to names of its own machine only, and the Host header names another one.",
                "Use localhost or 127.0.0.1, or have the name added to the server's settings.")
        case .bodyTooLarge:
            .init(
                "Too large",
                "The body, or something in it, exceeds a limit, which `limit` tells where there is one number.",
                "Send less, or in several requests. The limit of bodies is the setting server.body_limit_bytes."
            )
        case .bodyTooSlow:
            .init(
                "The body came too slowly", "The body, or its next piece, did not arrive in time.",
                "Send the request again over a better connection.")
        case .bodyCutOff:
            .init(
                "The body is incomplete", "The connection ended before the body did.",
                "Send the request again.")
        case .malformedRequest:
            .init(
                "No request", "What was sent is not HTTP, or says two things about where it ends.",
                "Use an HTTP client, and look for a proxy between that changes requests.")
        case .malformedHost:
            .init(
                "No clear host", "The Host field is missing, stands there twice, or is no name.",
                "Send one Host field with a name, and a port if it needs one.")
        case .headersTooLarge:
            .init(
                "The header is too large", "The address and the header fields are too many or too long.",
                "Send fewer or shorter ones; cookies of other services are often the cause.")
        case .headersTooSlow:
            .init(
                "The header came too slowly", "The request's header did not arrive in time.",
                "Send the request again. The time is the setting server.header_timeout.")
        case .unsupportedVersion:
            .init(
                "Another version of HTTP",
                "The server speaks HTTP/1.1 and HTTP/1.0, and HTTP/2 in TLS alone.",
                "Have the client, or the proxy before the server, use one of them.")
        case .unsupportedCoding:
            .init(
                "An unknown transfer coding", "The body comes in a Transfer-Encoding other than chunked.",
                "Send the body chunked, or with its length.")
        case .unmetExpectation:
            .init(
                "An expectation that cannot be met",
                "The Expect header asks for something other than 100-continue.",
                "Leave the header out.")
        case .upgradeRequired:
            .init(
                "A WebSocket is expected", "This address is for WebSockets alone.",
                "Open it with a WebSocket client (RFC 6455, version 13).")
        case .unsatisfiableRange:
            .init(
                "No such range", "None of the bytes asked for is there.",
                "The Content-Range header tells how many there are; ask for some of them.")
        case .notAcceptable:
            .init(
                "Nothing that the client accepts",
                "The Accept header names none of the types in which this is told.",
                "Leave the header out, or name one of the types that `detail` lists.")
        default: nil
        }
    }

    /// Of what is in a request.
    private static func ofContent(_ kind: ProblemKind) -> ProblemExplanation? {
        switch kind {
        case .notJSON:
            .init(
                "JSON is expected", "The body's Content-Type is not application/json.",
                "Send JSON, with Content-Type: application/json.")
        case .unsupportedType:
            .init(
                "Another type is expected",
                "The body's Content-Type, or its charset, is not one that is taken here.",
                "Send one of the types that `detail` lists, texts as UTF-8.")
        case .unsupportedContentCoding:
            .init(
                "An unknown content coding",
                "The body is packed in another way than gzip, or packed although it is signed.",
                "Send it as it is, or packed as the Accept-Encoding header of the response allows.")
        case .malformedContentCoding:
            .init(
                "The body cannot be unpacked",
                "The body is said to be gzip, and is not, or is damaged or incomplete.",
                "Pack it anew, or send it as it is.")
        case .malformedJSON:
            .init(
                "No JSON", "The body is not JSON, or has a key twice; `detail` says where.",
                "Mend it at that place.")
        case .invalidField:
            .init(
                "A field is wrong",
                "The field of the body that `field` names is missing, of the wrong type, or not allowed.",
                "`detail` says what it must be.")
        case .unknownField:
            .init(
                "An unknown field", "The body has a field that the operation does not know.",
                "Look for a slip of the pen; `detail` lists the known fields. An older server knows fewer.")
        case .invalidParameter:
            .init(
                "A parameter is wrong",
                "A part of the address, a field of the query or a header is not what it must be.",
                "`field` names it, and `detail` says what it must be.")
        case .outOfRange:
            .init(
                "Out of range", "A number is smaller or larger than allowed.",
                "`field` names it, and `limit` is the largest value.")
        case .emptyQuestion:
            .init(
                "The question is empty", "There is no letter and no digit in the question.", "Ask something.")
        case .questionTooLong:
            .init(
                "The question is too long", "The question has more bytes than `limit`.",
                "Ask in fewer words.")
        default: nil
        }
    }
}
