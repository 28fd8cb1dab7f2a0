import Foundation

/// What tells that somebody is sent to sign in, or was: by a redirect's address, or by what came in place of a file.
enum SignIn {
    /// Parts of a path that ask for signing in.
    private static let paths: Set<String> = [
        "login", "login.action", "login.jsp", "login.aspx", "dologin.action", "signin", "sign-in", "sso",
        "saml",
        "saml2", "adfs", "authorize", "oauth2", "openid-connect", "authn", "idp",
    ]
    private static let hosts: Set<String> = [
        "login", "signin", "sso", "auth", "idp", "accounts", "adfs", "id",
    ]
    private static let parameters: Set<String> = [
        "os_destination", "samlrequest", "relaystate", "redirect_uri", "wtrealm",
    ]

    /// Whether an address, absolute or relative, is one to sign in at.
    static func isAddress(_ location: String) -> Bool {
        guard let parts = URLComponents(string: location) else { return false }
        let host = parts.host?.lowercased().split(separator: ".").first.map(String.init) ?? ""
        let path = parts.path.lowercased().split(separator: "/").map(String.init)
        let query = (parts.queryItems ?? []).map { $0.name.lowercased() }
        return hosts.contains(host) || path.contains(where: paths.contains)
            || query.contains(where: parameters.contains)
    }

    /// Whether bytes begin as a web page does.
    static func isPage(_ bytes: some Collection<UInt8>) -> Bool {
        let head = bytes.prefix(4_096)
        // UTF-16 has every second byte empty here.
        var text = String(decoding: head.filter { $0 != 0 && $0 < 0x80 }, as: UTF8.self).lowercased()[...]
        while true {
            text = text.drop(while: \.isWhitespace)
            guard text.hasPrefix("<!--") || text.hasPrefix("<?xml") else { break }
            guard let end = text.firstRange(of: text.hasPrefix("<!--") ? "-->" : "?>") else { return false }
            text = text[end.upperBound...]
        }
        return ["<!doctype html", "<html", "<head", "<body"].contains { start in
            text.hasPrefix(start) && text.dropFirst(start.count).first.map { !$0.isLetter } ?? true
        }
    }
}
