/// Why a benchmark could not run, in words for the person who started it.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// The `--name value` pairs and `--flag`s behind a benchmark's name. What a benchmark does not know is
/// refused, so that a mistyped option cannot measure something else than was asked for.
struct BenchmarkArguments {
    private var values: [String: String] = [:]
    private var flags: Set<String> = []

    /// - Parameters:
    ///   - arguments: everything behind the benchmark's name.
    ///   - names: options that take a value, without their dashes.
    ///   - flags: options that take none.
    init(_ arguments: [String], names: Set<String>, flags known: Set<String> = []) throws {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let name = String(argument.drop { $0 == "-" })
            if argument.hasPrefix("--"), known.contains(name) {
                flags.insert(name)
            } else if argument.hasPrefix("--"), names.contains(name) {
                guard let value = rest.popFirst() else { throw BenchmarkError("\(argument) needs a value.") }
                values[name] = value
            } else {
                let options = names.union(known).sorted().map { "--\($0)" }.joined(separator: ", ")
                throw BenchmarkError("\(argument) is not an option here; there are \(options).")
            }
        }
    }

    /// Whether a flag was given.
    func has(_ flag: String) -> Bool { flags.contains(flag) }

    /// The value of an option, if it was given.
    func text(_ name: String) -> String? { values[name] }

    /// The value of an option that must be given.
    func required(_ name: String) throws -> String {
        guard let value = values[name] else { throw BenchmarkError("--\(name) is missing.") }
        return value
    }

    /// A whole number above 0.
    func integer(_ name: String, or standard: Int) throws -> Int {
        try integers(name, or: [standard])[0]
    }

    /// Whole numbers above 0, parted by commas; at least one.
    func integers(_ name: String, or standard: [Int]) throws -> [Int] {
        guard let text = values[name] else { return standard }
        return try text.split(separator: ",", omittingEmptySubsequences: false).map {
            guard let number = Int($0), number > 0 else {
                throw BenchmarkError("--\(name) takes whole numbers above 0, not \"\($0)\".")
            }
            return number
        }
    }
}
