import Crypto
import Foundation
import JSONValue
import Transport

/// Calls of tools as Converse takes them, wherever they came from.
enum ConverseCalls {
    /// The id of a call: 1 to 64 ASCII letters, digits, `_` and `-`.
    ///
    /// Another one, such as another provider's, becomes its hash: the same each time, so that a result still names its call.
    static func id(_ id: String) -> String {
        let isTaken =
            (1...64).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        return isTaken ? id : "call_" + SHA256.hash(data: Data(id.utf8)).prefix(16).hexadecimal
    }

    /// The tools that a conversation has called, as far as nothing is known of them but their names: Bedrock refuses calls
    /// and results in a conversation without any tool.
    static func tools(in messages: [Message]) -> [ConverseRequest.Tool] {
        var names: [String] = []
        for case .toolCall(let call) in messages.flatMap(\.parts) where !names.contains(call.name) {
            names.append(call.name)
        }
        return names.map {
            ConverseRequest.Tool(
                name: $0, description: "Was called before; there is no need to call it again.",
                inputSchema: ["type": "object"])
        }
    }

    /// A message's parts without blank texts, which Bedrock refuses, as long as something else is said.
    static func parts(of message: Message) -> [Message.Part] {
        let said = message.parts.filter { part in
            guard case .text(let text) = part else { return true }
            return text.contains { !$0.isWhitespace }
        }
        return said.isEmpty ? message.parts : said
    }
}
