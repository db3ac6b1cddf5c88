package org.iommu4j.launcher;

import aQute.bnd.osgi.Builder;
import aQute.bnd.osgi.Jar;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.iommu4j.launcher.probe.ProbeActivator;

/** A copy of the built container: as it is, or with a probe in the place of the shell bundle. */
final class ContainerCopy {
    private final Path folder;
    private final Path temporary;

    private ContainerCopy(Path folder, Path temporary) {
        this.folder = folder;
        this.temporary = temporary;
    }

    /** For the probe: without the shell bundle. */
    static ContainerCopy in(Path scratch) throws IOException {
        ContainerCopy copy = whole(scratch, scratch.resolve("container"));
        Files.delete(copy.folder.resolve("system/3/shell.jar"));
        return copy;
    }

    /** As it was built. */
    static ContainerCopy whole(Path scratch, Path folder) throws IOException {
        Path source = Path.of(System.getProperty("container"));
        try (Stream<Path> tree = Files.walk(source)) {
            for (Path path : tree.toList()) {
                Files.copy(path, folder.resolve(source.relativize(path)));
            }
        }
        return new ContainerCopy(folder, Files.createDirectory(scratch.resolve("tmp")));
    }

    Path deploy(String jar) {
        return folder.resolve("deploy").resolve(jar);
    }

    /** A jar that the container brings along to swap to. */
    Path spare(String jar) {
        return folder.resolve("spare").resolve(jar);
    }

    /** A trace that the container brings along. */
    Path sample(String trace) {
        return folder.resolve("samples").resolve(trace);
    }

    /** Overwrites a jar as a person should: by rename. */
    void overwrite(String jar, Path content) throws IOException {
        Path aside = Files.copy(content, folder.resolve(jar + ".tmp"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(aside, deploy(jar), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Where the runs of this copy put their caches. */
    Path temporary() {
        return temporary;
    }

    /** Packs the probe; extra are headers that bnd understands, as key and value in turn. */
    void deployProbe(String jar, String version, String... extra) throws Exception {
        Path aside = folder.resolve(jar + ".tmp");
        try (Builder builder = new Builder()) {
            builder.addClasspath(new File(ProbeActivator.class.getProtectionDomain().getCodeSource().getLocation()
                    .toURI()));
            builder.setProperty("Bundle-SymbolicName", "probe");
            builder.setProperty("Bundle-Version", version);
            builder.setProperty("Bundle-Activator", ProbeActivator.class.getName());
            builder.setProperty("Private-Package", ProbeActivator.class.getPackageName());
            builder.setProperty("Import-Package", "org.osgi.framework;version=\"[1.8,2)\",org.slf4j");
            for (int i = 0; i < extra.length; i += 2) {
                builder.setProperty(extra[i], extra[i + 1]);
            }
            try (Jar built = builder.build()) {
                built.write(aside.toFile());
            }
        }
        Files.move(aside, deploy(jar), StandardCopyOption.REPLACE_EXISTING);
    }

    /** With one stream for both, output and errors in their order. */
    Process startMerged(String... args) throws IOException {
        return builder(args).redirectErrorStream(true).start();
    }

    Process start(String... args) throws IOException {
        return builder(args).start();
    }

    private ProcessBuilder builder(String... args) {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Diommu4j.home=" + folder, "-Diommu4j.start.seconds=2", "-Djava.io.tmpdir=" + temporary,
                "-cp", folder.resolve("lib") + "/*", Launcher.class.getName()));
        line.addAll(List.of(args));
        return new ProcessBuilder(line);
    }

    /** Runs to the end with another search path for programs. */
    Result runWithPath(Path directory, String... args) throws IOException, InterruptedException {
        ProcessBuilder builder = builder(args);
        builder.environment().put("PATH", directory.toString());
        return finish(builder.start());
    }

    /** Runs to the end, which must come within a minute. */
    Result run(String... args) throws IOException, InterruptedException {
        return finish(start(args));
    }

    static Result finish(Process process) throws IOException, InterruptedException {
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes());
        String err = new String(process.getErrorStream().readAllBytes());
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("the container did not end\n" + out + err);
        }
        return new Result(process.exitValue(), out, err);
    }

    /** Reads lines until one contains the text, and gives all of them. */
    static List<String> awaitLine(BufferedReader reader, String text) throws IOException {
        List<String> seen = new ArrayList<>();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            seen.add(line);
            if (line.contains(text)) {
                return seen;
            }
        }
        throw new AssertionError("no line with '" + text + "' but " + seen);
    }

    record Result(int code, String out, String err) {
    }
}
