package org.iommu4j.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.iommu4j.launcher.ContainerCopy.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The start script, in a project of its own: the built container, empty sources, and a builder that only notes. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class StartScriptIT {
    private static final List<String> SOURCES = List.of("core-api", "vtd-driver", "smmuv3-driver", "amdvi-driver",
            "vtd-driver-next", "smmuv3-driver-next", "amdvi-driver-next", "hw-sim");

    @TempDir
    Path scratch;
    private Path project;
    private Path built;
    private Path builds;

    @BeforeEach
    void layOutAProject() throws IOException {
        project = Files.createDirectory(scratch.resolve("project"));
        Path container = project.resolve("bundles/distribution/target/iommu4j");
        Files.createDirectories(container.getParent());
        ContainerCopy.whole(scratch, container);
        Path script = Path.of(System.getProperty("container")).resolve("../../../../iommu4j").normalize();
        Files.copy(script, project.resolve("iommu4j"));
        for (String source : SOURCES) {
            Files.createDirectory(project.resolve(source));
        }
        Files.createFile(project.resolve("pom.xml"));
        Files.createFile(project.resolve("bnd.bnd"));
        built = container.resolve("etc/framework.properties");
        Files.setLastModifiedTime(built, FileTime.from(Instant.now().plus(Duration.ofHours(1))));
        builds = scratch.resolve("builds");
        Path builder = Files.createDirectory(scratch.resolve("bin")).resolve("mvn");
        Files.writeString(builder, "#!/bin/sh\necho \"$@\" >> '" + builds + "'\n");
        Files.setPosixFilePermissions(builder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void withoutATerminalStandardInputIsAScript() throws Exception {
        Result result = run("machines\nunits --machine intel\n");

        assertEquals(0, result.code(), result.err());
        assertTrue(result.out().contains("dmar0"), result.out());
        assertFalse(Files.exists(builds), "nothing was missing");
    }

    @Test
    void aLineThatFailsEndsTheScriptWithItsNumber() throws Exception {
        Result result = run("machines\nwhy no-such-unit\nmachines\n");

        assertEquals(1, result.code());
        assertTrue(result.err().contains("standard input:2: "), result.err());
    }

    @Test
    void anUnknownCommandIsNamedAndGivesUsagesExitCode() throws Exception {
        Result result = run("", "nonsense");

        assertEquals(2, result.code());
        assertTrue(result.err().contains("there is no command 'nonsense'"), result.err());
        assertEquals("", result.out());
    }

    @Test
    void helpIsPlainTextForEveryCommand() throws Exception {
        for (String command : List.of("replay", "demo", "swap")) {
            Result result = run("", command, "--help");

            assertEquals(0, result.code(), result.err());
            assertTrue(result.out().contains("Usage: "), result.out());
            assertFalse(result.out().contains("\u001B"), command);
        }
    }

    @Test
    void aSourceThatIsNewerIsBuiltFirst() throws Exception {
        Path source = Files.createFile(project.resolve("hw-sim/New.java"));
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plus(Duration.ofHours(2))));

        Result result = run("", "--help");

        assertEquals(0, result.code(), result.err());
        assertTrue(Files.readString(builds).contains("package -pl bundles/distribution -am"), Files.readString(builds));
        assertTrue(result.err().contains("building what is missing"), result.err());
    }

    @Test
    void withoutAJavaItSaysWhatToInstall() throws Exception {
        ProcessBuilder builder = builder("--help");
        builder.environment().put("JAVA_HOME", scratch.resolve("nowhere").toString());

        Result result = ContainerCopy.finish(builder.start());

        assertEquals(69, result.code());
        assertTrue(result.err().contains("install a JDK 17 or later"), result.err());
    }

    private Result run(String input, String... args) throws Exception {
        Process process = builder(args).start();
        process.getOutputStream().write(input.getBytes());
        return ContainerCopy.finish(process);
    }

    private ProcessBuilder builder(String... args) {
        List<String> line = new ArrayList<>(List.of("sh", project.resolve("iommu4j").toString()));
        line.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().put("PATH", scratch.resolve("bin") + File.pathSeparator + System.getenv("PATH"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }
}
