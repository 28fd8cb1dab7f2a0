extension GenerationRequest {
    /// Refuses what no provider can be sent, so that every generator refuses the same.
    ///
    /// - Throws: ``ModelsError/invalidRequest(reason:)``, naming the first fault.
    public func check() throws(ModelsError) {
        try checkOrder()
        for message in messages { try message.checkParts() }
        try checkToolResults()
        try checkTools()
        try checkLimits()
    }

    private func checkOrder() throws(ModelsError) {
        let turns = messages.drop { $0.role == .system }
        guard !turns.contains(where: { $0.role == .system }) else {
            throw .invalidRequest(reason: "a system message follows one of another role")
        }
        guard turns.first?.role == .user else {
            throw .invalidRequest(reason: "the conversation does not begin with a message of the user")
        }
    }

    private func checkToolResults() throws(ModelsError) {
        var asked: Set<String> = []
        for part in messages.flatMap(\.parts) {
            switch part {
            case .toolCall(let call): asked.insert(call.id)
            case .toolResult(let result):
                guard asked.contains(result.callID) else {
                    throw .invalidRequest(reason: "a tool's result answers no call that came before it")
                }
            case .text, .grounding, .image, .reasoning: continue
            }
        }
    }

    private func checkTools() throws(ModelsError) {
        var names = tools.map(\.name)
        guard Set(names).count == names.count else {
            throw .invalidRequest(reason: "two tools have one name")
        }
        if case .named(let name) = toolChoice, !names.contains(name) {
            throw .invalidRequest(reason: "the tool to call is not among those given")
        }
        if toolChoice == .required, names.isEmpty {
            throw .invalidRequest(reason: "a tool has to be called and none is given")
        }
        if case .json(let name, _) = outputFormat {
            guard names.isEmpty else {
                throw .invalidRequest(reason: "tools and a schema of the answer exclude each other")
            }
            names.append(name)
        }
        guard names.allSatisfy(Self.isName) else {
            throw .invalidRequest(
                reason: "the name of a tool or schema is not 1 to 64 letters, digits, _ or -")
        }
    }

    private static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                    || scalar == "_" || scalar == "-"
            }
    }

    private func checkLimits() throws(ModelsError) {
        if let maxTokens, maxTokens < 1 {
            throw .invalidRequest(reason: "the answer may have \(maxTokens) tokens, less than 1")
        }
        if let temperature, !(0...1).contains(temperature) {
            throw .invalidRequest(reason: "the temperature \(temperature) is not in 0...1")
        }
        guard !stopSequences.contains(where: \.isEmpty) else {
            throw .invalidRequest(reason: "a stop sequence is empty")
        }
    }
}

extension Message {
    /// Refuses an empty message and parts that do not belong to its role.
    fileprivate func checkParts() throws(ModelsError) {
        guard !parts.isEmpty else {
            throw .invalidRequest(reason: "a message of the role \(role.rawValue) is empty")
        }
        for part in parts {
            switch (part, role) {
            case (.text, .system), (.text, .user), (.text, .assistant), (.grounding, .user),
                (.image, .user), (.reasoning, .assistant), (.toolCall, .assistant), (.toolResult, .tool):
                continue
            default:
                throw .invalidRequest(
                    reason: "a message of the role \(role.rawValue) holds a part of another role")
            }
        }
    }
}
