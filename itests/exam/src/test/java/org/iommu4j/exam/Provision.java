package org.iommu4j.exam;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.cleanCaches;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.systemPackages;

import java.nio.file.Path;
import org.ops4j.pax.exam.Option;

/** What a test's container is made of; the build has put all jars into {@code bundles.dir}. */
final class Provision {
    private static final String SLF4J = "2.0.17";

    private Provision() {
    }

    /** Declarative Services and its neighbours, the libraries that our bundles import, and JUnit. */
    static Option platform() {
        return composite(
                // SLF4J is shared with the launching side: its provider is bound once for the whole process.
                systemPackages("org.slf4j;version=\"" + SLF4J + "\"", "org.slf4j.event;version=\"" + SLF4J + "\"",
                        "org.slf4j.helpers;version=\"" + SLF4J + "\"", "org.slf4j.spi;version=\"" + SLF4J + "\"",
                        "org.slf4j;version=\"1.7.36\""),
                frameworkProperty("org.osgi.framework.bsnversion").value("multiple"),
                one("org.osgi.util.function"), one("org.osgi.util.promise"), one("org.osgi.service.component"),
                one("org.apache.felix.log"), one("org.apache.felix.configadmin"), one("org.apache.felix.metatype"),
                one("org.apache.felix.scr"), one("org.apache.felix.gogo.runtime"), one("jakarta.json"),
                one("picocli"), junitBundles(), cleanCaches(true));
    }

    /** The bundles of a running VT-d system, installed in the order given: none may depend on it. */
    static Option system(String... bundles) {
        Option[] options = new Option[bundles.length];
        for (int i = 0; i < bundles.length; i++) {
            options[i] = one(bundles[i]);
        }
        return composite(options);
    }

    /** Where the build put one jar. */
    static Path jar(String name) {
        return Path.of(System.getProperty("bundles.dir"), name + ".jar");
    }

    private static Option one(String name) {
        return bundle(jar(name).toUri().toString());
    }
}
