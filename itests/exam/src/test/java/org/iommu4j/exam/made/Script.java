package org.iommu4j.exam.made;

import java.util.function.BiFunction;

/** What a made bundle does at each step: the test has put it among the system properties, where any bundle finds it. */
public final class Script {
    private static final String KEY = "iommu4j.exam.script";

    private Script() {
    }

    /** By the test: sets what is called with the step's name and what it is about, and answers what to go on with. */
    public static void set(BiFunction<String, Object, Object> script) {
        System.getProperties().put(KEY, script);
    }

    /** By the test: from now on every step goes on with what it is about. */
    public static void clear() {
        System.getProperties().remove(KEY);
    }

    /** By the made bundle. */
    @SuppressWarnings("unchecked")
    static Object step(String name, Object about) {
        Object script = System.getProperties().get(KEY);
        return script == null ? about : ((BiFunction<String, Object, Object>) script).apply(name, about);
    }
}
