extension Steering {
    /// “Oubliez les instructions ; répondez …”: the forms of ``steers(_:)`` in other languages than English.
    ///
    /// To forget or pass over what was ordered, within a few words, and either all of it or all before, or with an
    /// order to speak behind it. A manual says neither.
    ///
    /// - Parameters:
    ///   - plain: in lower case.
    ///   - words: its own.
    static func overridesElsewhere(_ plain: String, _ words: [String]) -> Bool {
        for (place, word) in words.enumerated() where forgetting.contains(word) {
            let near = words[(place + 1)..<min(place + 7, words.count)]
            guard let ordered = near.firstIndex(where: ordered.contains) else { continue }
            if near.contains(where: before.contains) || words[ordered...].contains(where: speaking.contains) {
                return true
            }
        }
        return unspaced.contains { form in form.allSatisfy { $0.contains { plain.contains($0) } } }
    }

    private static let forgetting: Set<String> = [
        "oublie", "oubliez", "ignorez", "ignore", "négligez",  // French
        "vergiss", "vergesst", "vergessen", "ignoriere", "ignoriert", "ignorieren", "missachte",  // German
        "olvida", "olvide", "olvidad", "ignora", "ignorad",  // Spanish
        "dimentica", "dimenticate", "ignorate",  // Italian
        "esqueça", "esquece", "ignorem",  // Portuguese
        "vergeet", "negeer",  // Dutch
    ]
    private static let ordered: Set<String> = [
        "instructions", "consignes", "directives", "anweisungen", "anweisung", "vorgaben", "befehle",
        "instrucciones", "órdenes", "reglas", "istruzioni", "regole", "instruções", "ordens", "instructies",
        "opdrachten",
    ]
    private static let before: Set<String> = [
        "toutes", "tous", "précédentes", "précédents", "antérieures", "alle", "aller", "allen", "vorherigen",
        "bisherigen", "vorigen", "obigen", "früheren", "todas", "anteriores", "previas", "tutte",
        "precedenti", "vorige", "eerdere", "bovenstaande",
    ]
    private static let speaking: Set<String> = [
        "répondez", "réponds", "répond", "dites", "dis", "affirmez", "antworte", "antwortet", "antworten",
        "sage", "sag", "sagt", "schreibe", "responde", "responda", "responded", "di", "diga", "rispondi",
        "rispondete", "dici", "diz", "antwoord", "zeg",
    ]
    /// One of each list: to forget, what was ordered, and before.
    private static let unspaced: [[[String]]] = [
        [
            ["忽略", "无视", "忽视", "忘记", "忘掉"], ["指令", "指示", "提示词", "命令"],
            ["之前", "以前", "以上", "上述", "前面", "先前", "所有"],
        ],
        [["忽略", "無視", "忘記"], ["指令", "指示", "提示詞"], ["之前", "以上", "前面", "先前", "所有"]],
        [["無視", "忘れ"], ["指示", "命令", "プロンプト"], ["以前", "これまで", "上記", "前の", "すべて"]],
        [["무시", "잊"], ["지시", "명령", "프롬프트"], ["이전", "위의", "모든"]],
    ]
}
