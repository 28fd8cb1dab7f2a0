/// What the forms of requests have in common: a template, or the name of a ready one.
enum SageMakerForm {
    /// A ready form, as texts that settings could have.
    protocol Preset: RawRepresentable<String>, CaseIterable {
        /// The template.
        var request: String { get }
        /// The path of the answer.
        var response: String { get }
    }

    /// What a setting of the request means: a ready form's name, or a template of one's own.
    ///
    /// - Returns: the template's text, with the ready form that it is of.
    static func request<Ready: Preset>(
        _ text: String, _ presets: Ready.Type
    ) throws(SageMakerFormError) -> (preset: Ready?, text: String) {
        let text = text.trimmed
        if let preset = Ready(rawValue: text) { return (preset, preset.request) }
        guard let first = text.first, "{[\"".contains(first) else {
            throw .unknownPreset(String(text.prefix(80)), known: Ready.allCases.map(\.rawValue))
        }
        return (nil, text)
    }

    static func template(
        _ text: String, for use: RequestTemplate.Use
    ) throws(SageMakerFormError) -> RequestTemplate {
        do throws(RequestTemplateError) {
            return try RequestTemplate(parsing: text, for: use)
        } catch {
            throw .request(error)
        }
    }

    /// - Returns: `nil` for no text.
    static func response(_ text: String?) throws(SageMakerFormError) -> ResponsePath? {
        guard let text else { return nil }
        do throws(ResponsePathError) {
            return try ResponsePath(parsing: text.trimmed)
        } catch {
            throw .response(error)
        }
    }

    /// The path that is given, or else the preset's.
    static func response(
        _ given: String?, or preset: String?
    ) throws(SageMakerFormError) -> ResponsePath {
        guard let path = try response(given ?? preset) else { throw .missingResponse }
        return path
    }
}

extension String {
    /// Without the white space around it.
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
