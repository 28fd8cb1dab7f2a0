import Testing

@testable import Text

/// The terms of a text, position by position.
func forms(_ text: String, languages: [Language]? = nil) -> [[String]] {
    var result: [[String]] = []
    for token in Analyzer().tokens(of: text, languages: languages) {
        while result.count <= token.position { result.append([]) }
        result[token.position].append(token.term)
    }
    return result
}

func terms(_ text: String) -> Set<String> { Set(Analyzer().tokens(of: text).map(\.term)) }

@Suite struct `Words of every language` {
    @Test(arguments: [
        ("", []), ("   \n\t", []), ("?!… — ( ) [ ]", []),
        ("The crane", [["the"], ["crane"]]),
        ("rotated certificates", [["rotated", "rotat"], ["certificates", "certif"]]),
        ("the user's", [["the"], ["user"]]),
        ("Straße STRASSE", [["strasse", "strass"], ["strasse", "strass"]]),
        ("ＡＢＣ ﬁle", [["abc"], ["file"]]),
    ])
    func `words are folded and stemmed beside their surface`(text: String, expected: [[String]]) {
        let languages: [Language] = text.hasPrefix("Stra") ? [.german] : [.english]
        #expect(forms(text, languages: languages) == expected)
    }

    @Test(arguments: [
        ("über", "uber"), ("über", "ueber"), ("Ålesund", "alesund"), ("Ålesund", "aalesund"),
        ("Øresund", "oresund"), ("Øresund", "oeresund"), ("Café", "cafe"), ("cafe\u{301}", "café"),
        ("Łódź", "lodz"), ("IŞIK", "isik"), ("ışık", "isik"), ("ışık", "ışık"), ("İstanbul", "istanbul"),
        ("ёлка", "елка"), ("Ἀθῆναι", "αθηναι"), ("ΣΊΣΥΦΟΣ", "σισυφοσ"), ("أحمد", "احمد"), ("مَدْرَسَة", "مدرسه"),
        ("שָׁלוֹם", "שלום"), ("soft\u{AD}ware", "software"), ("١٢٣", "123"), ("Ⅷ", "viii"),
    ])
    func `marks are kept and folded`(word: String, term: String) {
        #expect(terms(word).contains(term), "\(terms(word))")
    }

    @Test func `dotless i, й and Devanagari's vowels stay letters`() {
        #expect(terms("ısı").contains("ısı"))
        #expect(!terms("ısı").contains("ısi"))
        #expect(!terms("йод").contains("иод"))
        #expect(terms("हिन्दी").contains("हिन्दी"))
    }

    @Test(arguments: [
        ("Die Führungskraft genehmigt die Anträge, und der Urlaub verfällt.", Language.german),
        ("The manager approves what was asked for.", .english),
        ("Le responsable approuve les demandes et les congés.", .french),
        ("El responsable aprueba las solicitudes de los empleados.", .spanish),
        ("Il responsabile approva le richieste dei dipendenti e i permessi.", .italian),
        ("De leidinggevende keurt het verlof van een medewerker goed.", .dutch),
        ("O gerente aprova os pedidos de férias da equipe e não mais.", .portuguese),
        ("Chefen godkänner semestern och det är klart när han skriver.", .swedish),
        ("Руководитель утверждает отпуск, и это не может быть отменено.", .russian),
        ("Yönetici izin taleplerini onaylar ve bu çok önemli bir adım.", .turkish),
        ("Esimies hyväksyy lomat, ja se on kirjattu.", .finnish),
    ])
    func `the language of a sentence is found`(text: String, language: Language) {
        #expect(Analyzer().languages(of: text).first == language)
    }

    @Test func `a text of two languages is stemmed in both`() {
        let text = "The engineers rotate the certificates. Die Rechnungen werden von der Abteilung geprüft."
        #expect(Set(Analyzer().languages(of: text)) == [.english, .german])
        #expect(terms(text).isSuperset(of: ["certif", "rechnung", "abteil", "engin"]))
    }

    @Test(arguments: Language.allCases)
    func `every named language has its stemmer`(language: Language) {
        var stemmers = Stemmers()
        #expect(stemmers.stem("abc", in: language) != nil)
    }

    @Test func `the surface is indexed whatever the language is taken for`() {
        for language in Language.allCases {
            for word in ["Rechnungen", "certificates", "événements", "кошками"] {
                let surface = Folding.caseFolded(word)
                #expect(Analyzer().tokens(of: word, languages: [language]).contains { $0.term == surface })
            }
        }
    }

    @Test func `characters of scripts without blanks are found alone and in pairs`() {
        #expect(forms("退货必") == [["退", "退货"], ["货", "货必"], ["必"]])
        #expect(
            forms("步骤2 重跑gen-itgc后") == [
                ["步", "步骤"], ["骤"], ["2"], ["重", "重跑"], ["跑"], ["gen", "genitgc"], ["itgc"], ["后"],
            ])
        #expect(forms("ไทย") == [["ไ", "ไท"], ["ท", "ทย"], ["ย"]])
        #expect(forms("ﾃﾞｰﾀ") == [["データ", "デ", "デー"], ["ー", "ータ"], ["タ"]])
        #expect(terms("데이터베이스").isSuperset(of: ["데이터베이스", "데이", "스"]))
        #expect(terms("東京のカメラ屋").isSuperset(of: ["東京", "のカ", "カメラ", "ラ屋"]))
    }

    @Test func `ranges hold what was written`() {
        let text = "Überall „getUserById“ – E-2290’s Straße，退货"
        let bytes = Array(text.utf8)
        func written(_ term: String) -> String? {
            Analyzer().tokens(of: text).first { $0.term == term }.map {
                String(decoding: bytes[$0.utf8Range], as: UTF8.self)
            }
        }
        #expect(written("uberall") == "Überall")
        #expect(written("by") == "By")
        #expect(written("getuserbyid") == "getUserById")
        #expect(written("e2290") == "E-2290")
        #expect(written("strasse") == "Straße")
        #expect(written("退货") == "退货")
    }

    @Test func `the order of forms does not depend on what was analyzed before`() {
        let text = "Getting users by ID 4711: getUsersById, die Rechnungen der Firma"
        let first = Analyzer().tokens(of: text)
        _ = Analyzer().tokens(of: "der die das getUsersById Rechnungen", languages: [.german, .french])
        #expect(Analyzer().tokens(of: text) == first)
        #expect(zip(first, first.dropFirst()).allSatisfy { $0.position <= $1.position })
    }

    @Test func `an endless word is cut`() {
        let tokens = Analyzer().tokens(of: String(repeating: "a", count: 100_000))
        #expect(tokens.allSatisfy { $0.term.utf8.count <= Analyzer.termByteLimit })
        #expect(!tokens.isEmpty && tokens.count < 1000)
    }
}
