package org.iommu4j.exam.made;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.iommu4j.exam.lab.Vendor;

/** Packs the jars that a test needs beside those of the build. */
public final class Jars {
    private static final String PACKAGE = "org/iommu4j/exam/made/";
    private static final Map<String, String> NAMELESS = Map.of();

    private Jars() {
    }

    /** The VT-d driver of the build with the script around it, registered for an architecture. */
    public static Path scriptedDriver(Path driver, String version, String architecture) {
        return scriptedDriver(driver, version, architecture, Vendor.VTD.component());
    }

    /** A vendor's driver with the script around it. */
    public static Path scriptedDriver(Vendor vendor, String version) {
        return scriptedDriver(vendor.driver(), version, vendor.architecture(), vendor.component());
    }

    private static Path scriptedDriver(Path driver, String version, String architecture, String component) {
        Map<String, byte[]> entries = new TreeMap<>();
        Manifest manifest;
        try (JarFile original = new JarFile(driver.toFile())) {
            manifest = new Manifest(original.getManifest());
            for (JarEntry entry : original.stream().filter(e -> e.getName().endsWith(".class")
                    || e.getName().endsWith(".properties")).toList()) {
                entries.put(entry.getName(), original.getInputStream(entry).readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + driver, e);
        }
        manifest.getMainAttributes().putValue("Bundle-Version", version);
        manifest.getMainAttributes().putValue("Service-Component", "OSGI-INF/driver.xml");
        addClass(entries, "Script");
        addClass(entries, "ScriptedDriver");
        addClass(entries, "ScriptedDriver$ScriptedUnit");
        String text = new String(resource("/components/scripted-driver.xml"), StandardCharsets.UTF_8);
        entries.put("OSGI-INF/driver.xml", text.replace("ARCHITECTURE", architecture).replace("DRIVER", component)
                .getBytes(StandardCharsets.UTF_8));
        return write(architecture + "-" + version, manifest, entries);
    }

    /** The bundle of {@link Client}. */
    public static Path client() {
        Map<String, byte[]> entries = new TreeMap<>();
        addClass(entries, "Script");
        addClass(entries, "Client");
        entries.put("OSGI-INF/client.xml", resource("/components/client.xml"));
        return write("client", manifest(Map.of("Bundle-SymbolicName", "org.iommu4j.exam.client",
                "Import-Package", "org.iommu4j.api;version=\"[1.0,2)\"",
                "Service-Component", "OSGI-INF/client.xml")), entries);
    }

    /** A bundle with nothing in it. */
    public static Path emptyBundle() {
        return write("empty", manifest(Map.of("Bundle-SymbolicName", "org.iommu4j.exam.empty")), Map.of());
    }

    /** A bundle that wants what nobody has. */
    public static Path unresolvable() {
        return write("unresolvable", manifest(Map.of("Bundle-SymbolicName", "org.iommu4j.exam.unresolvable",
                "Import-Package", "org.iommu4j.nowhere")), Map.of());
    }

    /** A jar, but no bundle. */
    public static Path plainJar() {
        return write("plain", manifest(NAMELESS), Map.of());
    }

    /** A file with the name of a jar and the contents of a letter. */
    public static Path noJar() {
        Path file = place("letter");
        try {
            return Files.writeString(file, "Dear driver, please take over.");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Manifest manifest(Map<String, String> headers) {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (!headers.isEmpty()) {
            main.putValue("Bundle-ManifestVersion", "2");
        }
        headers.forEach(main::putValue);
        return manifest;
    }

    private static void addClass(Map<String, byte[]> entries, String name) {
        String path = PACKAGE + name + ".class";
        entries.put(path, resource("/" + path));
    }

    private static byte[] resource(String path) {
        try (InputStream in = Jars.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("the test bundle lacks " + path);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path write(String name, Manifest manifest, Map<String, byte[]> entries) {
        Path file = place(name);
        try (OutputStream out = Files.newOutputStream(file); JarOutputStream jar = new JarOutputStream(out, manifest)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                jar.putNextEntry(new JarEntry(entry.getKey()));
                jar.write(entry.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        return file;
    }

    private static Path place(String name) {
        try {
            return Files.createDirectories(Path.of(System.getProperty("bundles.dir")).resolveSibling("made"))
                    .resolve(name + ".jar");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
