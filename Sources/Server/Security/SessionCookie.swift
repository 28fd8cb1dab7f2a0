import HTTPTypes
import Identity

/// The cookies of signing in (RFC 6265): out of reach of scripts, and sent to this server alone.
struct SessionCookie: Sendable {
    private let name: String
    private let attributes: String
    private let seconds: Int64

    /// The cookie of a session.
    init(_ configuration: SignInConfiguration) {
        // The prefix makes browsers refuse one that another host of the domain has set.
        name = configuration.isSecure ? "__Host-millrace" : "millrace-session"
        attributes = "Path=/; HttpOnly; SameSite=Lax" + (configuration.isSecure ? "; Secure" : "")
        seconds = configuration.lifetime.components.seconds
    }

    /// The cookie of somebody who is at the issuer.
    init(ticketOf configuration: SignInConfiguration) {
        name = configuration.isSecure ? "__Secure-millrace-ticket" : "millrace-ticket"
        attributes = "Path=/auth; HttpOnly; SameSite=Lax" + (configuration.isSecure ? "; Secure" : "")
        seconds = 600
    }

    /// `Set-Cookie`.
    func header(_ value: String) -> String { "\(name)=\(value); Max-Age=\(seconds); \(attributes)" }

    /// `Set-Cookie` that takes it away.
    var removal: String { "\(name)=; Max-Age=0; \(attributes)" }

    /// The request's; `nil` when there is none, or more than one: then one of them is somebody else's.
    func value(in request: APIRequest) -> String? {
        var values: [String] = []
        for header in request.headers[values: .cookie] {
            for part in header.split(separator: ";") {
                let pair = part.drop { $0 == " " }
                if pair.hasPrefix(name + "=") { values.append(String(pair.dropFirst(name.count + 1))) }
            }
        }
        return values.count == 1 ? values.first : nil
    }
}
