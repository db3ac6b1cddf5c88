package org.iommu4j.replay.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The report as a page that needs nothing but a browser: style, script, chart library and data are inside. What the
 * page draws is in {@code page.js}; this class only puts the parts together.
 */
public final class ReportPage {
    private ReportPage() {
    }

    /** A whole HTML document. */
    public static String of(ReplayReport report) {
        return resource("page.html")
                .replace("{{style}}", resource("page.css"))
                .replace("{{library}}", inScript(resource("Chart.min.js")))
                .replace("{{script}}", resource("page.js"))
                .replace("{{data}}", inScript(ReportJson.inFull(report)));
    }

    /** An element of script ends at the first {@code </script}, wherever that stands. */
    private static String inScript(String text) {
        return text.replace("</script", "<\\/script");
    }

    private static String resource(String name) {
        try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the bundle has no " + name, e);
        }
    }
}
