import Flow
import JSONValue
import Testing

@testable import Components

@Suite struct `Operations on records` {
    private static let page = Record([
        "id": 7, "title": "Leave", "tags": ["hr", "people"],
        "body": [
            "text": "Thirty days.", "id": 8, "parts": [["id": 9, "text": "a"], ["id": 10, "text": "b"]],
        ],
    ])

    private func changed(
        _ parameters: [String: JSONValue], _ records: Record...
    ) async throws -> Record? {
        try await run(
            one: "DataOperations", parameters, lists: ["data": records], catalog: .data()
        ).output(Record.self, named: "data")
    }

    private func fault(_ parameters: [String: JSONValue], _ records: Record...) async -> DataError? {
        await failure(one: "DataOperations", parameters, lists: ["data": records], catalog: .data())
            as? DataError
    }

    @Test func `select_keys keeps members, and refuses those that are not there`() async throws {
        let parameters: [String: JSONValue] = ["operation": "select_keys", "keys": ["id", "title"]]
        #expect(try await changed(parameters, Self.page) == Record(["id": 7, "title": "Leave"]))
        let unknown: [String: JSONValue] = ["operation": "select_keys", "keys": ["id", "titel"]]
        #expect(
            await fault(unknown, Self.page)
                == .unknownKey(
                    operation: "select_keys", key: "titel", known: ["body", "id", "tags", "title"]))
    }

    @Test func `select_keys passes over what is not there when told to`() async throws {
        let parameters: [String: JSONValue] = [
            "operation": "select_keys", "keys": ["id", "titel"], "skips_missing": true,
        ]
        #expect(try await changed(parameters, Self.page) == Record(["id": 7]))
    }

    @Test func `selecting data alone takes what it holds`() async throws {
        let parameters: [String: JSONValue] = ["operation": "select_keys", "keys": ["data"]]
        #expect(try await changed(parameters, Record(["data": ["a": 1], "b": 2])) == Record(["a": 1]))
        #expect(try await changed(parameters, Record(["data": "x", "b": 2])) == Record(["data": "x"]))
    }

    @Test func `remove_keys reaches into lists and objects`() async throws {
        let parameters: [String: JSONValue] = ["operation": "remove_keys", "keys": ["id", "tags"]]
        #expect(
            try await changed(parameters, Self.page)
                == Record([
                    "title": "Leave",
                    "body": ["text": "Thirty days.", "parts": [["text": "a"], ["text": "b"]]],
                ]))
    }

    @Test func `rename_keys reaches into lists and objects, and the renamed member stands`() async throws {
        let parameters: [String: JSONValue] = ["operation": "rename_keys", "values": ["id": "number"]]
        #expect(
            try await changed(parameters, Record(["id": 1, "number": 2, "in": [["id": 3]]]))
                == Record(["number": 1, "in": [["number": 3]]]))
        #expect(
            await fault(["operation": "rename_keys", "values": ["id": 4]], Self.page)
                == .wrongParameter(
                    name: "values",
                    reason: "must give each old name a new one as a text; one is of the kind integer"))
    }

    @Test func `append_update adds and replaces`() async throws {
        let parameters: [String: JSONValue] = [
            "operation": "append_update", "values": ["title": "Sick leave", "new": true],
        ]
        let page = try await changed(parameters, Self.page)
        #expect(page?.values["title"] == "Sick leave")
        #expect(page?.values["new"] == true)
        #expect(page?.values["id"] == 7)
    }

    @Test func `combine lists what has the same name, in the records' order`() async throws {
        let combined = try await changed(
            ["operation": "combine"], Record(["a": 1, "b": [1], "c": "x"]), Record(["a": 2, "b": [2, 3]]),
            Record(["a": [3, 4], "b": 4, "d": nil]))
        #expect(combined == Record(["a": [1, 2, 3, 4], "b": [1, 2, 3, 4], "c": "x", "d": nil]))
        #expect(try await changed(["operation": "combine"], Record(["a": 1])) == Record(["a": 1]))
        #expect(try await changed(["operation": "combine"]) == Record())
    }

    @Test func `combine does not make lists without end`() throws {
        let half = Record(["a": .array([JSONValue](repeating: 1, count: TableJoin.rowLimit / 2 + 1))])
        #expect(throws: DataError.tooManyValues(operation: "combine", limit: TableJoin.rowLimit)) {
            try Record.combining([half, half])
        }
    }

    @Test(
        arguments: [
            ("equals", "open", [1]), ("not_equals", "open", [2, 3]), ("contains", "o", [1, 2]),
            ("starts_with", "clo", [2]), ("ends_with", "n", [1]),
        ] as [(String, String, [Int])])
    func `filter_values keeps the objects that match`(comparison: String, wanted: String, ids: [Int])
        async throws
    {
        let record = Record([
            "issues": [
                ["id": 1, "state": "open"], ["id": 2, "state": "closed"], ["id": 3, "state": "new!"],
                ["id": 4], 5,
            ]
        ])
        let filtered = try await changed(
            [
                "operation": "filter_values", "keys": ["issues"], "values": ["state": .string(wanted)],
                "operator": .string(comparison),
            ], record)
        #expect(filtered?.values["issues"]?.array?.compactMap { $0["id"]?.integer } == ids)
    }

    @Test func `filter_values takes lists alone`() async {
        let parameters: [String: JSONValue] = [
            "operation": "filter_values", "keys": ["title"], "values": ["a": "b"],
        ]
        #expect(
            await fault(parameters, Self.page)
                == .wrongParameter(
                    name: "keys", reason: "names “title”, which is no list but of the kind string"))
    }

    @Test func `path_selection finds objects and wraps the rest`() async throws {
        func found(_ path: JSONValue) async throws -> Record? {
            try await changed(["operation": "path_selection", "path": path], Self.page)
        }
        #expect(try await found(".body.parts[1]") == Record(["id": 10, "text": "b"]))
        #expect(try await found(".tags[-1]") == Record(["result": "people"]))
        #expect(try await found(".tags[9]") == Record(["result": nil]))
        #expect(try await found(".nothing.there") == Record(["result": nil]))
        #expect(try await found(".") == Self.page)
    }

    @Test(arguments: DataOperations.Operation.allCases.filter { $0 != .combine })
    func `operations on one record refuse several and none`(operation: DataOperations.Operation) async {
        let parameters: [String: JSONValue] = ["operation": .string(operation.rawValue)]
        #expect(
            await fault(parameters, Record(), Record())
                == .recordCount(operation: operation.rawValue, count: 2))
        #expect(await fault(parameters) == .recordCount(operation: operation.rawValue, count: 0))
    }

    @Test(arguments: [
        ("select_keys", "keys"), ("remove_keys", "keys"), ("filter_values", "keys"),
        ("rename_keys", "values"),
        ("append_update", "values"), ("path_selection", "path"),
    ])
    func `what an operation needs is asked for by name`(operation: String, parameter: String) async {
        #expect(
            await fault(["operation": .string(operation)], Self.page)
                == .missingParameter(operation: operation, name: parameter))
    }

    @Test func `values that nest too deep are refused`() async {
        var deep: JSONValue = 1
        for _ in 0...Record.depthLimit { deep = ["in": deep] }
        #expect(
            await fault(["operation": "remove_keys", "keys": ["x"]], Record(["deep": deep]))
                == .tooDeep(limit: Record.depthLimit))
    }

    @Test func `a record can be written into the flow`() async throws {
        let outcome = try await run(one: "CreateData", ["value": ["a": 1, "text": "b"]], catalog: .data())
        #expect(outcome.output(Record.self, named: "data") == Record(["a": 1, "text": "b"]))
        #expect(await failure(one: "CreateData", ["value": [1]], catalog: .data()) is DataError)
    }
}

@Suite struct `Paths into values` {
    @Test func `every way to write a step`() throws {
        #expect(try MemberPath(".a.b_2").steps == [.member("a"), .member("b_2")])
        #expect(
            try MemberPath(".a[0][-1].b").steps == [.member("a"), .element(0), .element(-1), .member("b")])
        #expect(try MemberPath(".[2]").steps == [.element(2)])
        #expect(try MemberPath("[2]").steps == [.element(2)])
        #expect(
            try MemberPath(#"."with space"["and \"quotes\""]"#).steps == [
                .member("with space"), .member("and \"quotes\""),
            ])
        #expect(try MemberPath(".").steps == [])
    }

    @Test(arguments: [
        "", "a", "..a", ".a.", ".a[", ".a[x]", ".a[0", ".a[]", ".a b", ".a | length", #"."open"#,
        ".a[99999999999999999999]",
        ".a[--1]",
    ])
    func `what is none is refused with its place`(text: String) {
        #expect {
            try MemberPath(text)
        } throws: { error in
            if case .badPath(text, _, _) = error as? DataError { true } else { false }
        }
    }

    @Test func `a way through a value without members is an error that names it`() throws {
        let value: JSONValue = ["a": ["b": "text"]]
        #expect(throws: DataError.noMember(path: ".a.b", kind: "string")) {
            try MemberPath(".a.b.c").value(in: value)
        }
        #expect(throws: DataError.noMember(path: ".a", kind: "object")) {
            try MemberPath(".a[0]").value(in: value)
        }
    }
}
