import Components
import JSONValue
import Testing

@Suite struct `A table` {
    let people = Table(
        [
            Record(["name": "Ada", "born": 1815, "place": "London"]),
            Record(["name": "Emmy", "born": 1882, "field": "algebra"]),
        ], columns: ["name", "born"])

    @Test func `shows given columns first and the others by name, row by row`() {
        #expect(people.columns == ["name", "born", "place", "field"])
        #expect(Table([Record(["b": 1, "a": 2]), Record(["0": 3])]).columns == ["a", "b", "0"])
        #expect(Table(columns: ["a", "b", "a"]).columns == ["a", "b"])
    }

    @Test func `keeps its columns when rows go, and adds those that come`() {
        var table = people
        table.rows = []
        #expect(table.columns == people.columns)
        table.rows.append(Record(["age": 36, "name": "Ada"]))
        #expect(table.columns == people.columns + ["age"])
    }

    @Test func `drops columns and leaves the others in order`() {
        var table = people
        table.dropColumns(["born", "field", "unknown"])
        #expect(table.columns == ["name", "place"])
        #expect(table.rows == [Record(["name": "Ada", "place": "London"]), Record(["name": "Emmy"])])
    }

    @Test func `selects columns in the order that is asked for`() {
        var table = people
        table.selectColumns(["place", "name", "unknown"])
        #expect(table.columns == ["place", "name"])
        #expect(table.rows[0] == Record(["name": "Ada", "place": "London"]))
    }

    @Test func `renames columns in their places`() {
        var table = people
        table.renameColumns(["born": "year", "unknown": "x"])
        #expect(table.columns == ["name", "year", "place", "field"])
        #expect(table.rows[1] == Record(["name": "Emmy", "year": 1882, "field": "algebra"]))
    }

    @Test func `can swap the names of two columns`() {
        var table = Table([Record(["a": 1, "b": 2])])
        table.renameColumns(["a": "b", "b": "a"])
        #expect(table.columns == ["b", "a"])
        #expect(table.rows == [Record(["b": 1, "a": 2])])
    }

    @Test func `makes one column of two that come to have one name`() {
        var table = Table([Record(["a": 1, "b": 2]), Record(["a": 3])])
        table.renameColumns(["b": "a"])
        #expect(table.columns == ["a"])
        #expect(table.rows == [Record(["a": 2]), Record(["a": 3])])
    }

    @Test func `is written in Markdown without breaking its cells and rows`() {
        let table = Table(
            [Record(["a|b": "one\r\ntwo\nthree", "n": 3]), Record(["n": nil, "a|b": ["x", 1]])],
            columns: ["a|b", "n"])
        #expect(
            table.markdown == """
                | a\\|b | n |
                | --- | --- |
                | one two three | 3 |
                | ["x",1] |  |
                """)
        #expect(Table().markdown.isEmpty)
    }

    @Test func `is read from an array, whatever stands in it`() throws {
        #expect(try Table(json: [["a": 1], 7]).rows == [Record(["a": 1]), Record(["value": 7])])
        #expect(throws: (any Error).self) { try Table(json: ["a": 1]) }
    }
}
