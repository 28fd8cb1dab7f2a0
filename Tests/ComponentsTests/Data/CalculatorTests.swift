import Flow
import JSONValue
import TestSupport
import Testing

@testable import Components

@Suite struct `The calculator` {
    /// What Python 3 gives for the same text, but for `log(1000, 10)`, which it misses by a bit.
    @Test(arguments: [
        ("2**10", 1024), ("-2**2", -4), ("(-2)**2", 4), ("2**3**2", 512), ("2**-1", 0.5), ("-2**-2", -0.25),
        ("7//2", 3), ("-7//2", -4), ("7//-2", -4), ("-7//-2", 3), ("7.5//2", 3), ("-7.5//2", -4),
        ("7%3", 1), ("-7%3", 2), ("7%-3", -2), ("-7%-3", -1), ("5.5%2", 1.5), ("-5.5%2", 0.5),
        ("6%3", 0), ("-6%3", 0), ("0.3//0.1", 2),
        ("1/4", 0.25), ("4/2", 2), ("1+2*3", 7), ("(1+2)*3", 9), ("10-4-3", 3), ("100/10/5", 2),
        ("2*-3", -6), ("2--3", 5), ("+-+3", -3), ("4*4*(33/22)+12-20", 16), (" 1 +\t2\n", 3),
        ("1_000+1", 1001), (".5+5.", 5.5), ("1e3", 1000), ("1E-2", 0.01), ("2.5e+2", 250), ("0", 0),
        ("007.5", 7.5),
        ("pi", 3.141592653589793), ("e", 2.718281828459045), ("2*e", 5.43656365691809),
        ("sqrt(16)", 4), ("abs(-3)", 3), ("abs(3.5)", 3.5), ("min(3, 1, 2)", 1), ("max(3, 1.5)", 3),
        ("floor(-2.5)", -3), ("ceil(-2.5)", -2), ("round(2.5)", 2), ("round(3.5)", 4), ("round(-2.5)", -2),
        ("round(2.675, 2)", 2.67), ("round(1234, -2)", 1200), ("round(1250, -2)", 1200), ("round(7, 2)", 7),
        ("log(8, 2)", 3), ("log(1000, 10)", 3), ("log(e)", 1), ("exp(0)", 1),
        ("sqrt(min(16, 25)) + 2**max(1, 3)", 12), ("-(-(3))", 3), ("0**0", 1), ("0.0**2", 0),
        ("9223372036854775807", 9.223372036854775807e18), ("9223372036854775807+1", 9.223372036854775808e18),
        ("2**100", 1.2676506002282294e30), ("(-2)**63", -9.223372036854775808e18),
        ("(0-9223372036854775807-1)//-1", 9.223372036854775808e18),
    ])
    func `comes to what Python comes to`(expression: String, value: Double) throws {
        #expect(try CalculatorExpression.value(of: expression).double == value)
    }

    @Test func `whole results are whole, and fractions are not`() throws {
        #expect(try CalculatorExpression.value(of: "4 / 2").json == .integer(2))
        #expect(try CalculatorExpression.value(of: "1 / 2").json == .number(0.5))
        #expect(try CalculatorExpression.value(of: "3 ** 39").json == .integer(4_052_555_153_018_976_267))
        #expect(try CalculatorExpression.value(of: "-0.0").json == .integer(0))
        #expect(try CalculatorExpression.value(of: "1e300").json == .number(1e300))
    }

    @Test func `errors name the place`() {
        func fault(_ expression: String) -> CalculatorError? {
            #expect(throws: CalculatorError.self) { try CalculatorExpression.value(of: expression) }
        }
        #expect(fault("") == .empty)
        #expect(fault("  ") == .empty)
        #expect(fault("1 +") == .unexpectedEnd(place: 4))
        #expect(fault("(1 + 2") == .unexpectedEnd(place: 7))
        #expect(fault("1 + )") == .unexpected(")", place: 5))
        #expect(fault("1 2") == .unexpected("2", place: 3))
        #expect(fault("2 ^ 3") == .unexpected("^", place: 3))
        #expect(fault("2***3") == .unexpected("*", place: 4))
        #expect(fault("min 3") == .unexpected("3", place: 5))
        #expect(fault("1 × 2") == .unexpected("×", place: 3))
        #expect(fault("0x1F") == .badNumber("0x1F", place: 1))
        #expect(fault("1 + 2pi") == .badNumber("2pi", place: 5))
        #expect(fault("1.2.3") == .badNumber("1.2.3", place: 1))
        #expect(fault("1e") == .badNumber("1e", place: 1))
        #expect(fault("1__0") == .badNumber("1__0", place: 1))
        #expect(fault("007") == .badNumber("007", place: 1))
        #expect(fault(".") == .badNumber(".", place: 1))
        #expect(fault("1 / (2 - 2)") == .divisionByZero(place: 5))
        #expect(fault("1 // 0") == .divisionByZero(place: 6))
        #expect(fault("1 % 0.0") == .divisionByZero(place: 5))
        #expect(fault("0 ** -1") == .divisionByZero(place: 1))
        #expect(fault("1e999") == .tooLarge(place: 1))
        #expect(fault("10 ** 400") == .tooLarge(place: 1))
        #expect(fault("1e308 * 10") == .tooLarge(place: 7))
        #expect(fault("exp(1000)") == .tooLarge(place: 1))
        #expect(fault("2 ** 10 ** 9") == .exponentTooLarge(place: 6, limit: 1_000_000))
        #expect(fault("min()") == .argumentCount(function: "min", place: 1, actual: 0, allowed: 1...100))
        #expect(fault("sqrt(1, 2)") == .argumentCount(function: "sqrt", place: 1, actual: 2, allowed: 1...1))
    }

    @Test(arguments: ["sqrt(-1)", "log(0)", "log(2, 1)", "log(2, -1)", "(-8) ** (1/3)", "round(1.5, 0.5)"])
    func `what has no real result is told apart`(expression: String) {
        #expect {
            try CalculatorExpression.value(of: expression)
        } throws: { error in
            if case .undefined = error as? CalculatorError { true } else { false }
        }
    }

    @Test func `names are not looked up anywhere else`() {
        #expect {
            try CalculatorExpression.value(of: "1 + __import__")
        } throws: { error in
            guard case .unknownName("__import__", place: 5, let known) = error as? CalculatorError else {
                return false
            }
            return known.contains("sqrt") && known.contains("pi")
        }
    }

    @Test(arguments: ["(", "-", "2**", "min(", "1+("])
    func `nesting ends at its limit and not at the stack's`(piece: String) {
        let depth = CalculatorExpression.depthLimit
        let whole = String(repeating: piece, count: depth + 1) + "1"
        #expect(whole.utf8.count <= CalculatorExpression.byteLimit)
        #expect {
            try CalculatorExpression.value(of: whole)
        } throws: { error in
            if case .tooDeep(_, limit: depth) = error as? CalculatorError { true } else { false }
        }
    }

    @Test func `an expression that is too long is not read`() {
        let limit = CalculatorExpression.byteLimit
        let text = String(repeating: "1", count: limit + 1)
        #expect(throws: CalculatorError.tooLong(bytes: limit + 1, limit: limit)) {
            try CalculatorExpression.value(of: text)
        }
    }

    @Test func `random texts of its alphabet end with a number or an error`() {
        var generator = SeededGenerator(seed: 13)
        let pieces = [
            "1", "0", ".", "e", "pi", "(", ")", "+", "-", "*", "/", "//", "**", "%", ",", " ", "_", "sqrt(",
            "min(",
            "9223372036854775807", "log(", "round(", "1e308", "^", "é",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 1...24, using: &generator))
                .map { _ in pieces[Int.random(in: pieces.indices, using: &generator)] }.joined()
            do {
                let value = try CalculatorExpression.value(of: text)
                #expect(value.double.isFinite, "\(text)")
            } catch {
                #expect(!error.description.isEmpty, "\(text)")
            }
        }
    }

    @Test func `gives its result as a record`() async throws {
        let outcome = try await run(
            one: "Calculator", inputs: ["expression": "2 * (3 + 4)"], catalog: .data())
        #expect(outcome.output(Record.self, named: "result") == Record(["result": 14]))
        let error = await failure(one: "Calculator", inputs: ["expression": "1 / 0"], catalog: .data())
        #expect(error as? CalculatorError == .divisionByZero(place: 5))
    }
}
