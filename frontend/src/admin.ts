// Django's administration: its own pages and scripts, in the service's colours and type.
import "../styles/admin.css";
