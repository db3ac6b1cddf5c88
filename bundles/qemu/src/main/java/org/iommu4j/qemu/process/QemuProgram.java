package org.iommu4j.qemu.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * A QEMU program.
 *
 * @param command its path, or its name on the search path
 */
public record QemuProgram(String command) {
    /** First version with all that the machines need. */
    public static final int VERSION = 10;
    /** How to get it. */
    public static final String INSTALL = "run .ci/install-qemu as root, or install QEMU " + VERSION
            + " (Debian: apt-get install --no-install-recommends qemu-system-x86 qemu-system-arm, before Debian 13 with"
            + " -t bookworm-backports)";

    private static final Pattern MAJOR = Pattern.compile("version (\\d+)\\.");

    /** @throws IommuException NO_DEVICE, with the way to get it, if it is absent or too old */
    public void check() {
        problem().ifPresent(text -> {
            throw new IommuException(Reason.NO_DEVICE, text + "; " + INSTALL);
        });
    }

    /** What is wrong with it; empty if it can be used. */
    public Optional<String> problem() {
        try {
            Process process = new ProcessBuilder(command, "--version").redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher major = MAJOR.matcher(said);
            if (!major.find()) {
                return Optional.of(command + " does not tell its version: " + said.strip());
            }
            return Integer.parseInt(major.group(1)) >= VERSION ? Optional.empty()
                    : Optional.of(command + " is version " + major.group(1) + ", needed is " + VERSION);
        } catch (IOException e) {
            return Optional.of(command + " does not start: " + e.getMessage());
        }
    }
}
