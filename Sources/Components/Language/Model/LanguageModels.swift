import Models

/// The language models that flows may use, by name: a value that is made where the program is composed.
public struct LanguageModels: Sendable {
    /// A model that writes.
    public struct Model: Sendable {
        /// What flows call it.
        public var name: String
        public var generator: any Generator
        /// `nil` where nobody said what its tokens cost.
        public var price: ModelPrice?

        /// - Parameter name: the generator's own unless given.
        public init(_ generator: any Generator, name: String? = nil, price: ModelPrice? = nil) {
            self.name = name ?? generator.name
            self.generator = generator
            self.price = price
        }
    }

    /// In the order in which they were given.
    public let names: [String]
    /// What an empty name stands for; `nil` without any model.
    public let standard: String?
    private let models: [String: Model]

    /// - Parameters:
    ///   - models: of two with one name the later one counts. A generator that only quotes may be among them: it is
    ///     refused, with what to do about it, once a flow wants to use it.
    ///   - standard: the first one's name unless given.
    public init(_ models: [Model], standard: String? = nil) {
        var seen: Set<String> = []
        names = models.map(\.name).filter { seen.insert($0).inserted }
        self.models = Dictionary(models.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        self.standard = standard ?? names.first
    }

    /// No model at all.
    public static let none = LanguageModels([])

    /// Whether a flow that names no model has one to use.
    public var hasStandard: Bool { (try? model("")) != nil }

    /// The model of that name.
    ///
    /// - Parameter name: empty for the standard one.
    public func model(_ name: String) throws(LanguageModelError) -> Model {
        let wanted = name.isEmpty ? standard : name
        guard let wanted else { throw .noneConfigured }
        guard let model = models[wanted] else { throw .unknown(model: wanted, known: names) }
        guard !(model.generator is ExtractiveGenerator) else { throw .extractive(model: wanted) }
        return model
    }
}
