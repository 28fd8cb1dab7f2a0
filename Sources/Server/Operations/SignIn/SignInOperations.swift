import HTTPTypes
import Identity
import Logging

/// `/auth/…`: signing in at the issuer with a browser, and out again.
struct SignInOperations: Sendable {
    let signIn: SignIn
    let logger: Logger

    var operations: [Operation] { [begin, complete, end] }

    static let path = "/auth/sign-in"

    private static let redirect = ResponseDeclaration(
        status: 303, summary: "where the browser goes", content: .none)

    private var begin: Operation {
        .open(
            "beginSignIn", .get, Self.path, summary: "sends a browser to the issuer to sign in",
            section: "signing-in",
            inputs: Inputs.query(
                "return", .text, standard: "/", "where to go afterwards, a path of this server"),
            responses: [Self.redirect]
        ) { destination in
            do throws(SignInFault) {
                let (url, ticket) = try await signIn.begin(destination: destination)
                return redirect(to: url, SessionCookie(ticketOf: signIn.configuration).header(ticket))
            } catch {
                return redirect(after: error)
            }
        }
    }

    private var complete: Operation {
        .open(
            "completeSignIn", .get, SignInConfiguration.callbackPath,
            summary: "where the issuer sends a browser back to", section: "signing-in",
            inputs: Inputs<APIRequest>.whole, responses: [Self.redirect]
        ) { request in
            let ticket = SessionCookie(ticketOf: signIn.configuration)
            let fields = Dictionary(
                request.queryFields.map { ($0.name, $0.value) }, uniquingKeysWith: { _, _ in "" })
            do throws(SignInFault) {
                let (cookie, destination) = try await signIn.complete(
                    fields, ticket: ticket.value(in: request))
                var response = redirect(
                    to: destination, SessionCookie(signIn.configuration).header(cookie))
                response.headers[values: .setCookie].append(ticket.removal)
                return response
            } catch {
                return redirect(after: error)
            }
        }
    }

    private var end: Operation {
        .open(
            "signOut", .post, "/auth/sign-out", summary: "signs a browser out", section: "signing-in",
            inputs: Inputs<APIRequest>.whole,
            responses: [ResponseDeclaration(status: 204, summary: "it is signed out", content: .none)],
            problems: [.originNotAllowed, .identityUnavailable]
        ) { request in
            try OriginCheck.requireOwn(request)
            let cookie = SessionCookie(signIn.configuration)
            if let value = cookie.value(in: request) { try await signIn.end(cookie: value) }
            return APIResponse(status: .noContent, headers: [.setCookie: cookie.removal])
        }
    }

    private func redirect(to place: String, _ cookie: String) -> APIResponse {
        APIResponse(status: .seeOther, headers: [.location: place, .setCookie: cookie])
    }

    /// To the page, which says it in its own words; why stands in the log.
    private func redirect(after fault: SignInFault) -> APIResponse {
        logger.notice("somebody was not signed in", metadata: ["millrace.reason": "\(fault)"])
        return redirect(
            to: "/?sign-in=\(fault.word)", SessionCookie(ticketOf: signIn.configuration).removal)
    }
}

extension Inputs<APIRequest> {
    /// The request itself: its query is the issuer's to choose, its cookies are read by those who set them.
    fileprivate static var whole: Inputs {
        Inputs(parameters: [], body: nil) { $0.request }
    }
}
