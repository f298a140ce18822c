import org.codelibs.opensearch.runner.OpenSearchRunner;

/** A node of a cluster of several processes, with the options of the runner; alone, that would make a cluster of its only node. */
public class Node {
    public static void main(String[] options) throws InterruptedException {
        var runner = new OpenSearchRunner();
        runner.onBuild((number, settings) -> {
            settings.put("discovery.type", "zen");
            settings.put("node.name", System.getProperty("node"));
        });
        runner.build(options);
        Thread.currentThread().join();
    }
}
