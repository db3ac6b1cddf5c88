package org.iommu4j.wires;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nothing in a jar tells when, where, by whom or with what it was built, so that a second build equals the first. */
class ReproducibleJarsIT {
    private static final LocalDateTime BUILD_TIME =
            LocalDateTime.ofInstant(Instant.parse(System.getProperty("build.time")), ZoneOffset.UTC);
    private static final Set<String> TELLTALES = Set.of("Bnd-LastModified", "Build-Jdk", "Build-Jdk-Spec", "Built-By",
            "Created-By", "Originally-Created-By", "Tool");
    private static final String MANIFEST = "META-INF/MANIFEST.MF";

    @Test
    void everyEntryHasTheTimeThatTheParentSets() {
        for (Path file : jars()) {
            entries(file).forEach(entry ->
                    assertEquals(BUILD_TIME, entry.getTimeLocal(), file.getFileName() + ": " + entry.getName()));
        }
    }

    @Test
    void classesComeInTheOrderOfTheirNames() {
        for (Path file : jars()) {
            List<String> names = entries(file).map(JarEntry::getName).filter(name -> name.endsWith(".class")).toList();
            assertFalse(names.isEmpty(), file.toString());
            assertEquals(names.stream().sorted().toList(), names, file.getFileName().toString());
        }
    }

    @Test
    void noManifestTellsOfTheMachineThatBuiltIt() throws IOException {
        for (Path file : jars()) {
            try (JarFile jar = new JarFile(file.toFile())) {
                Attributes main = jar.getManifest().getMainAttributes();
                Set<String> found = main.keySet().stream().map(Object::toString)
                        .collect(Collectors.toCollection(TreeSet::new));
                found.retainAll(TELLTALES);
                assertEquals(Set.of(), found, file.getFileName() + ", " + MANIFEST);
            }
        }
    }

    @Test
    void noPropertiesHoldADate() throws IOException {
        for (Path file : jars()) {
            try (JarFile jar = new JarFile(file.toFile())) {
                for (JarEntry entry : jar.stream().filter(e -> e.getName().endsWith("pom.properties")).toList()) {
                    String text = new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
                    assertFalse(text.contains("#"), file.getFileName() + ", " + entry.getName() + ": " + text);
                }
            }
        }
    }

    private static Stream<JarEntry> entries(Path file) {
        try (JarFile jar = new JarFile(file.toFile())) {
            return jar.stream().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static List<Path> jars() {
        Path folder = Path.of(System.getProperty("bundles.dir"));
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder, e);
        }
    }
}
