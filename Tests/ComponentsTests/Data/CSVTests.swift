import JSONValue
import Testing

@testable import Components

@Suite struct `Comma-separated values` {
    @Test func `what needs quotation marks has them`() {
        let table = Table(
            [
                Record([
                    "plain": "a", "comma": "a,b", "quote": "say \"no\"", "break": "a\r\nb", "list": [1, "x"],
                ]),
                Record(["plain": nil, "comma": true, "quote": 1.5, "break": -2]),
            ], columns: ["plain", "comma", "quote", "break", "list"])
        #expect(
            CSV.text(of: table)
                == "plain,comma,quote,break,list\r\na,\"a,b\",\"say \"\"no\"\"\",\"a\r\nb\",\"[1,\"\"x\"\"]\"\r\n,true,1.5,-2,\r\n"
        )
        #expect(CSV.text(of: Table()) == "")
        #expect(CSV.text(of: Table([], columns: ["a", "b"])) == "a,b\r\n")
    }

    /// They are left as they are, on purpose: the type says why.
    @Test func `formulas stay as they are`() {
        #expect(CSV.text(of: Table([Record(["a": "=1+1"])])) == "a\r\n=1+1\r\n")
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `every kind of line end is read`(end: String) throws {
        let text = ["\u{FEFF}a,b", "1,\"x \"\"y\"\"\(end)z\"", "", "2", "3,"].joined(separator: end)
        let table = try CSV.table(from: text, readsNumbers: false)
        #expect(table.columns == ["a", "b"])
        #expect(
            table.rows == [
                Record(["a": "1", "b": .string("x \"y\"\(end)z")]), Record(["a": "2"]),
                Record(["a": "3", "b": ""]),
            ])
    }

    @Test func `what is written is read back`() throws {
        let table = Table(
            [
                Record(["α": "ü,\n", "b": "\"", "": ""]), Record(["α": " ", "b": "é\r", "": "x"]),
                Record(["α": "", "b": "", "": ""]),
            ], columns: ["α", "b"])
        let read = try CSV.table(from: CSV.text(of: table), readsNumbers: false)
        #expect(read.columns == ["α", "b", "column_3"])
        #expect(read.rows.map { $0.values["α"] } == ["ü,\n", " ", ""])
        #expect(read.rows.map { $0.values["b"] } == ["\"", "é\r", ""])
        let single = Table([Record(["a": ""]), Record(["a": "1"])])
        #expect(try CSV.table(from: CSV.text(of: single), readsNumbers: false) == single)
    }

    @Test func `columns of plain numbers become numbers, and no others`() throws {
        let text = """
            n,f,zip,phone,mixed,big,none,exp,hex
            1,0.5,01234,+49,1,12345678901234567890,,1e3,0x10
            -2,-1.25,80331,30,x,1,,2.5,1
            0,3,1,1,2,2,,1,1
            ,,,,,,,,
            """
        let table = try CSV.table(from: text, readsNumbers: true)
        #expect(table.rows.map { $0.values["n"] } == [1, -2, 0, .null])
        #expect(table.rows.map { $0.values["f"] } == [0.5, -1.25, 3, .null])
        #expect(table.rows[0].values["exp"] == .number(1_000))
        for name in ["zip", "phone", "mixed", "big", "none", "hex"] {
            #expect(table.rows.allSatisfy { $0.values[name]?.string != nil }, "\(name)")
        }
    }

    @Test func `names that stand twice or are empty are told apart`() throws {
        let table = try CSV.table(from: "a,a,,a_2,a\n1,2,3,4,5", readsNumbers: false)
        #expect(table.columns == ["a", "a_2", "column_3", "a_2_2", "a_3"])
        #expect(table.rows == [Record(["a": "1", "a_2": "2", "column_3": "3", "a_2_2": "4", "a_3": "5"])])
    }

    @Test func `what is no table is refused with its line`() {
        func fault(_ text: String) -> CSV.Fault? {
            #expect(throws: CSV.Fault.self) { try CSV.table(from: text, readsNumbers: true) }
        }
        #expect(fault("a\n\n1,2") == CSV.Fault(line: 3, reason: "it has 2 values; there are 1 columns"))
        #expect(fault("a\n\"1\n2") == CSV.Fault(line: 2, reason: "a quotation mark is not closed"))
        #expect(
            fault("a\n\"x\ny\"z") == CSV.Fault(line: 3, reason: "something follows a closing quotation mark"))
    }

    @Test func `an empty text is an empty table`() throws {
        #expect(try CSV.table(from: "", readsNumbers: true) == Table())
        #expect(try CSV.table(from: "\n\r\n", readsNumbers: true) == Table())
        #expect(try CSV.table(from: "a,b", readsNumbers: true) == Table([], columns: ["a", "b"]))
    }
}
