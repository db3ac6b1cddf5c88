package org.iommu4j.launcher.probe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Hashtable;
import java.util.function.ToIntFunction;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.slf4j.LoggerFactory;

/** A command that tells what it sees: its arguments, its thread, its log, and on request a change of its bundle. */
public final class ProbeActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        System.out.println("probe " + context.getBundle().getVersion() + " started");
        ToIntFunction<String[]> command = ProbeActivator::run;
        Hashtable<String, Object> properties = new Hashtable<>();
        if (context.getBundle().getHeaders("").get("Probe-Command") != null) {
            properties.put("iommu4j.command", true);
        }
        context.registerService(ToIntFunction.class, command, properties);
    }

    @Override
    public void stop(BundleContext context) {
        System.out.println("probe " + context.getBundle().getVersion() + " stopped");
    }

    private static int run(String[] args) {
        LoggerFactory.getLogger("probe").warn("a line of the log");
        System.out.println("thread " + Thread.currentThread().getName() + " runs " + String.join("|", args));
        if (args[0].equals("read")) {
            readUntilEnd();
        }
        return 40 + args.length;
    }

    private static void readUntilEnd() {
        try {
            while (System.in.read() >= 0) {
                Thread.onSpinWait();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
