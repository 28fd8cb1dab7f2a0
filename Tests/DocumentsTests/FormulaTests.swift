import Testing

@testable import Documents

/// Formulas as the web shows them: a formula is said once, whatever copies of it the markup holds.
@Suite struct `Formulas in markup` {
    private func text(_ markup: String) throws -> String {
        TextRenderer().render(try StorageFormatParser().parse(markup).blocks, title: "Golden").text
    }

    private static let math = """
        <math><semantics><mrow><mi>F</mi><mo>=</mo><mi>m</mi><mi>a</mi></mrow>\
        <annotation encoding="application/x-tex">F = m a</annotation></semantics></math>
        """

    @Test(arguments: [
        """
        <span class="katex"><span class="katex-mathml">\(math)</span><span class="katex-html" \
        aria-hidden="true"><span class="base"><span class="mord">F</span>=ma</span></span></span>
        """,
        """
        <span class="katex-display"><span class="katex"><span class="katex-mathml">\(math)</span>\
        <span class="katex-html">F=ma</span></span></span>
        """,
        """
        <mjx-container class="MathJax" jax="CHTML"><mjx-math aria-hidden="true"><mjx-mi>F</mjx-mi>=ma\
        </mjx-math><mjx-assistive-mml>\(math)</mjx-assistive-mml></mjx-container>
        """,
        """
        <span class="MathJax_Preview"></span><span class="MathJax"><nobr aria-hidden="true">F=ma</nobr>\
        <span class="MJX_Assistive_MathML">\(math)</span></span><script type="math/tex">F = m a</script>
        """,
        math,
    ])
    func `a formula is said once, in TeX`(formula: String) throws {
        #expect(try text("<p>The force is \(formula) for a cart.</p>") == "The force is F = m a for a cart.")
    }

    @Test func `a drawing without MathML is text`() throws {
        #expect(
            try text(#"<p><span class="katex"><span class="katex-html">F=ma</span></span></p>"#) == "F=ma")
    }

    @Test(arguments: [
        ("<mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><mn>1</mn></mrow></mfrac>", "\\frac{a}{b+1}"),
        ("<msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><mn>1</mn>", "x^2+1"),
        ("<msup><mi>x</mi><mn>10</mn></msup>", "x^{10}"),
        ("<msub><mi>v</mi><mn>0</mn></msub>", "v_0"),
        ("<msqrt><mi>n</mi></msqrt>", "\\sqrt{n}"),
    ])
    func `MathML without TeX is not run together`(mathML: String, expected: String) throws {
        #expect(try text("<p><math>\(mathML)</math></p>") == expected)
    }

    @Test func `words that stand for a formula are taken where there is no TeX`() throws {
        #expect(try text(#"<p><math alttext="E=mc^{2}"><mi>E</mi></math></p>"#) == "E=mc^{2}")
    }
}
