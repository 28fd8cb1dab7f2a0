import Crypto
import JSONValue

/// Compares a component's Python code with that of known versions by its digest. The code itself is never run.
enum CodeDigest {
    static func standing(of node: LangflowNode) -> TranslationReport.CodeStanding {
        guard let code = node.fields["code"]?.value.string, !code.isEmpty else { return .none }
        guard let known = KnownCode.digests[node.type] else { return .unknown }
        return known.contains(digest(of: code)) ? .known : .changed
    }

    /// The first twelve hexadecimal digits of the SHA-256 of the code's UTF-8, which exports carry as `code_hash`.
    static func digest(of code: String) -> String {
        let digits = Array("0123456789abcdef")
        return String(
            SHA256.hash(data: Array(code.utf8)).prefix(6).flatMap { byte in
                [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            })
    }
}
