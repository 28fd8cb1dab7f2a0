import Foundation
import JSONValue

extension ResponsePath {
    /// The vectors of an answer: what stands at the path is one of them each, or a list of them.
    ///
    /// They are read without making a value of each number, which takes a third of the time.
    ///
    /// - Throws: ``ResponsePathError/notThere(path:place:expected:found:)``.
    func vectors(in answer: Data) throws(ResponsePathError) -> [[Float]] {
        let read = try? JSONDecoder().decode(Vectors.self, from: answer, configuration: self)
        if let read { return read.found }
        // Something is of another kind, or a number is no float: this way tells what and where.
        guard let value = try? JSONValue(parsing: answer) else {
            throw .notThere(path: description, place: "$", expected: "value", found: nil)
        }
        let values = try values(in: value)
        let isList = !hasMany && values.count == 1 && values[0].array?.allSatisfy { $0.array != nil } == true
        return try (isList ? values[0].array ?? [] : values).map { vector throws(ResponsePathError) in
            let numbers = vector.array?.compactMap(\.double) ?? []
            guard let elements = vector.array, numbers.count == elements.count else {
                throw .notThere(
                    path: description, place: "the end of the path", expected: "list of numbers",
                    found: vector.array == nil ? vector.kind : "list of other values")
            }
            return numbers.map { Float($0) }
        }
    }

    /// The numbers of an answer: what stands at the path is one of them each, or a list of them.
    ///
    /// - Throws: ``ResponsePathError/notThere(path:place:expected:found:)``.
    func numbers(in answer: JSONValue) throws(ResponsePathError) -> [Double] {
        let values = try values(in: answer)
        let elements = !hasMany && values.count == 1 ? values[0].array ?? values : values
        return try elements.map { element throws(ResponsePathError) in
            guard let number = element.double else {
                throw .notThere(
                    path: description, place: "the end of the path", expected: "number", found: element.kind)
            }
            return number
        }
    }
}

/// What stands at a path of a JSON text.
private struct Vectors: DecodableWithConfiguration {
    private(set) var found: [[Float]] = []

    init(from decoder: any Decoder, configuration path: ResponsePath) throws {
        try read(decoder, path.steps[...], isOneOfMany: path.hasMany)
    }

    private mutating func read(
        _ decoder: any Decoder, _ steps: ArraySlice<ResponsePath.Step>, isOneOfMany: Bool
    ) throws {
        switch steps.first {
        case nil:
            let value = try decoder.singleValueContainer()
            if isOneOfMany {
                found.append(try value.decode([Float].self))
            } else if let vectors = try? value.decode([[Float]].self) {
                found = vectors
            } else {
                found = [try value.decode([Float].self)]
            }
        case .member(let name):
            let members = try decoder.container(keyedBy: Name.self)
            try read(
                try members.superDecoder(forKey: Name(stringValue: name)), steps.dropFirst(),
                isOneOfMany: isOneOfMany)
        case .element(let offset):
            var elements = try decoder.unkeyedContainer()
            for _ in 0..<offset { _ = try elements.superDecoder() }
            try read(try elements.superDecoder(), steps.dropFirst(), isOneOfMany: isOneOfMany)
        case .each:
            var elements = try decoder.unkeyedContainer()
            while !elements.isAtEnd {
                try read(try elements.superDecoder(), steps.dropFirst(), isOneOfMany: isOneOfMany)
            }
        }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) { nil }
    }
}
