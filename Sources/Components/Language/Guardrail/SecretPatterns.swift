/// Keys and passwords by the forms that their makers give them, and by what is said before them.
struct SecretPatterns {
    private let text: [UInt8]
    private(set) var findings: [GuardrailFinding] = []

    init(_ text: [UInt8]) {
        self.text = text
        var place = 0
        while place < text.count {
            if let end = secret(at: place) {
                findings.append(GuardrailFinding(kind: .secret, range: place..<end))
                place = end
            } else if let range = assigned(at: place) {
                findings.append(GuardrailFinding(kind: .secret, range: range))
                place = range.upperBound
            } else {
                place += 1
            }
        }
    }

    private struct Form {
        var prefix: [UInt8]
        /// Bytes behind the prefix.
        var least: Int

        init(_ prefix: String, _ least: Int) {
            self.prefix = Array(prefix.utf8)
            self.least = least
        }
    }

    /// By their first byte.
    private static let forms = Dictionary(
        grouping: [
            Form("AKIA", 16), Form("ASIA", 16), Form("ABSK", 40), Form("sk-", 20), Form("sk_live_", 16),
            Form("sk_test_", 16), Form("rk_live_", 16), Form("whsec_", 20), Form("ghp_", 36),
            Form("gho_", 36),
            Form("ghu_", 36), Form("ghs_", 36), Form("ghr_", 36), Form("github_pat_", 22), Form("glpat-", 20),
            Form("xoxa-", 10), Form("xoxb-", 10), Form("xoxp-", 10), Form("xoxr-", 10), Form("xoxs-", 10),
            Form("xapp-", 10), Form("AIza", 35), Form("ya29.", 20), Form("SG.", 22), Form("hf_", 30),
            Form("npm_", 36), Form("pypi-", 32), Form("dop_v1_", 32), Form("shpat_", 32), Form("ATATT3", 20),
            Form("gsk_", 40), Form("tvly-", 20), Form("mlrc_", 20),
        ], by: { $0.prefix[0] })

    private func secret(at place: Int) -> Int? {
        guard !text.isWord(at: place - 1) else { return nil }
        for form in Self.forms[text[place], default: []] where text[place...].starts(with: form.prefix) {
            let start = place + form.prefix.count
            let end = run(from: start, limit: Self.lookAheadLimit)
            if end - start >= form.least, hasDigit(start, end) { return run(from: end, limit: .max) }
        }
        if text[place] == UInt8(ascii: "e"), let end = token(at: place) { return end }
        if text[place] == UInt8(ascii: "-"), let end = privateKey(at: place) { return end }
        return nil
    }

    /// Bytes behind a prefix by which it is decided whether they are a key.
    private static let lookAheadLimit = 512

    /// The end of what a key is made of.
    private func run(from start: Int, limit: Int) -> Int {
        var end = start
        while end < text.count, end - start < limit,
            text[end].isLetterOrDigit || Self.keySigns.contains(text[end])
        {
            end += 1
        }
        while end > start, text[end - 1] == UInt8(ascii: ".") { end -= 1 }
        return end
    }

    private static let keySigns = Set("_-.~+/=".utf8)

    /// Words with hyphens are no keys.
    private func hasDigit(_ start: Int, _ end: Int) -> Bool { text[start..<end].contains(where: \.isDigit) }

    /// A signed token (RFC 7519): three parts, the first of which begins with `{"` in Base64.
    private func token(at place: Int) -> Int? {
        guard text[place...].starts(with: Array("eyJ".utf8)) else { return nil }
        if place > 0, text[place - 1] == UInt8(ascii: "-") || text[place - 1] == UInt8(ascii: ".") {
            return nil
        }
        var lengths = [0]
        var end = place
        while end < text.count {
            if text[end] == UInt8(ascii: ".") {
                guard lengths.count < 3, lengths.last ?? 0 >= 8 else { break }
                lengths.append(0)
            } else if text[end].isLetterOrDigit || text[end] == UInt8(ascii: "_")
                || text[end] == UInt8(ascii: "-")
            {
                lengths[lengths.count - 1] += 1
            } else {
                break
            }
            end += 1
        }
        return lengths.count == 3 && lengths[2] >= 8 ? end : nil
    }

    /// From `-----BEGIN … PRIVATE KEY-----` to the end of the block, or of the text where it is cut (RFC 7468).
    private func privateKey(at place: Int) -> Int? {
        let begin = Array("-----BEGIN ".utf8)
        let mark = Array("PRIVATE KEY".utf8)
        guard text[place...].starts(with: begin) else { return nil }
        let line = text[place..<min(text.count, place + 80)].prefix { $0 != 0x0A }
        guard line.indices.contains(where: { line[$0...].starts(with: mark) }) else { return nil }
        let end = Array("-----END ".utf8)
        guard
            let close = text[(place + begin.count)...].indices.first(where: { text[$0...].starts(with: end) })
        else { return text.count }
        return text[close...].firstIndex(of: 0x0A) ?? text.count
    }

    // MARK: What is said to be one

    /// Longer names before those that they begin with.
    private static let names = [
        "password", "passwort", "passwd", "pwd", "secret_access_key", "secret_key", "secret", "api_key",
        "api-key",
        "apikey", "access_key_id", "access_key", "auth_token", "access_token", "client_secret", "private_key",
        "token", "contraseña", "mot de passe", "kennwort", "authorization",
    ].map { Array($0.utf8) }

    /// Bytes of a value that count as one.
    private static let valueLeast = 6

    /// The value of `password = …`, `"api_key": "…"`, `Authorization: Bearer …`, or of a URL's `//user:…@`.
    private func assigned(at place: Int) -> Range<Int>? {
        if text[place] == UInt8(ascii: "/"), let range = userInfo(at: place) { return range }
        guard text[place].isLetter, !text.isWord(at: place - 1) || text[place - 1] == UInt8(ascii: "_") else {
            return nil
        }
        guard let name = Self.names.first(where: { text.has($0, at: place) }) else { return nil }
        var start = place + name.count
        start = skip(start, over: [0x22, 0x27, 0x20])
        guard start < text.count, text[start] == UInt8(ascii: ":") || text[start] == UInt8(ascii: "=") else {
            return nil
        }
        start = skip(start + 1, over: [0x20, 0x22, 0x27, 0x3D, 0x3E])
        for scheme in ["bearer ", "basic "] where text.has(Array(scheme.utf8), at: start) {
            start = skip(start + scheme.utf8.count, over: [0x20])
        }
        var end = start
        while end < text.count, !text[end].isBlank, ![UInt8]("\"',;)}]<".utf8).contains(text[end]) {
            end += 1
        }
        let value = text[start..<end]
        // A word in a sentence is none; nor is the name of a variable.
        guard value.count >= Self.valueLeast, value.contains(where: { !$0.isLetter }),
            !value.starts(with: Array("$".utf8)), !value.starts(with: Array("{".utf8))
        else { return nil }
        return start..<end
    }

    /// At most eight bytes.
    private func skip(_ start: Int, over bytes: [UInt8]) -> Int {
        var place = start
        while place < text.count, place - start < 8, bytes.contains(text[place]) { place += 1 }
        return place
    }

    private func userInfo(at place: Int) -> Range<Int>? {
        guard place > 0, text[place - 1] == UInt8(ascii: ":"), place + 1 < text.count,
            text[place + 1] == UInt8(ascii: "/")
        else { return nil }
        let start = place + 2
        var colon: Int?
        for end in start..<min(text.count, start + 256) {
            switch text[end] {
            case UInt8(ascii: ":"): colon = colon ?? end
            case UInt8(ascii: "@"):
                guard let colon, end > colon + 1 else { return nil }
                return (colon + 1)..<end
            case let byte where byte.isBlank || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?"):
                return nil
            default: continue
            }
        }
        return nil
    }
}
