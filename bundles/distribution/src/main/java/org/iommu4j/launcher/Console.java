package org.iommu4j.launcher;

import java.nio.file.Path;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/** The interactive shell: Gogo on JLine. */
final class Console {
    private Console() {
    }

    /** Starts the shell and returns when the person has left it, or somebody has stopped it. */
    static void run(Path folder, Installer installer) throws InterruptedException {
        Path terminal = folder.resolve("jline.jar");
        installer.install(terminal, Installer.LAST_LEVEL);
        Bundle jline = installer.installed(terminal)
                .orElseThrow(() -> new IllegalStateException("there is no shell without " + terminal));
        // JLine finds its terminals by the context class loader, which the shell's thread inherits from this one.
        Thread.currentThread().setContextClassLoader(jline.adapt(BundleWiring.class).getClassLoader());
        installer.install(folder.resolve("felix-gogo-command.jar"), Installer.LAST_LEVEL);
        installer.install(folder.resolve("felix-gogo-jline.jar"), Installer.LAST_LEVEL);
        shellThread().join();
    }

    /** Gogo tells nobody when its shell ends; it would stop the framework, and complain that this interrupts it. */
    private static Thread shellThread() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().equals("Gogo shell")).findAny()
                .orElseThrow(() -> new IllegalStateException("the shell did not start"));
    }
}
